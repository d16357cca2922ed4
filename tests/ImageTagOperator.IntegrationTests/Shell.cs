using System.Diagnostics;

namespace ImageTagOperator.IntegrationTests;

/// <summary>Runs command line tools: kubectl, helm, the operator itself.</summary>
internal static class Shell
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);

    /// <summary>Returns the output of the command. Fails with all of its output when the exit code is not 0.</summary>
    public static async Task<string> RunAsync(
        string command, IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null,
            TimeSpan? deadline = null)
    {
        var (code, output) = await TryAsync(command, arguments, input, environment, deadline);
        return code == 0 ? output
            : throw new InvalidOperationException($"{command} {string.Join(' ', arguments)} ended with {code}: {output}");
    }

    /// <summary>The exit code, and standard output and standard error together.</summary>
    public static async Task<(int Code, string Output)> TryAsync(
        string command, IEnumerable<string> arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null,
            TimeSpan? deadline = null)
    {
        var start = new ProcessStartInfo(command, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null) await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(deadline ?? Deadline, TimeProvider.System);
        return (process.ExitCode, await output + await errors);
    }
}
