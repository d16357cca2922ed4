using System.Text.Json.Nodes;

namespace ImageTagOperator.IntegrationTests.WaysIn;

/// <summary>Runs <c>clouds.py</c> with Debian's Python, which has the libraries.</summary>
internal static class CloudsScript
{
    /// <summary>The script logs in well over a hundred times.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static async Task<JsonNode> RunAsync(string file, params string[] mode)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "WaysIn", "clouds.py");
        string[] arguments = ["-c", "exec /usr/bin/python3 \"$@\" 2>/dev/null", "sh", script, file, .. mode];
        return JsonNode.Parse(await Shell.RunAsync("sh", arguments, deadline: Deadline))!;
    }
}
