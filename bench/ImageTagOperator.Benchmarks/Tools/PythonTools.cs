using System.Diagnostics;
using System.Globalization;
using ImageTagOperator.Benchmarks.Clouds;

namespace ImageTagOperator.Benchmarks.Tools;

/// <summary>Debian's python3-openstacksdk and python3-openstackclient.</summary>
internal sealed class PythonTools : IDisposable
{
    private readonly string cloudsYaml = Path.GetTempFileName();

    public PythonTools(BenchmarkCloud cloud) => File.WriteAllText(cloudsYaml, cloud.CloudsYaml);

    /// <summary>The seconds in which a script adds tags to images with openstacksdk, eight at a time. The start of Python and the login do
    /// not count.</summary>
    public async Task<double> SdkAsync(IReadOnlyList<string> images, IReadOnlyList<string> tags)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Tools", "converge.py");
        var input = $"{string.Join(' ', tags)}\n{string.Join(' ', images)}\n";
        return double.Parse(await RunAsync("/usr/bin/python3", [script, $"{BareClient.Concurrency}"], input), CultureInfo.InvariantCulture);
    }

    /// <summary>Adds tags to one image, as a shell script would.</summary>
    public Task CommandAsync(string image, IReadOnlyList<string> tags) =>
        RunAsync("/usr/bin/openstack", ["image", "set", .. tags.SelectMany(tag => (string[])["--tag", tag]), image], "");

    public void Dispose() => File.Delete(cloudsYaml);

    private async Task<string> RunAsync(string program, IEnumerable<string> arguments, string input)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        var foreign = start.Environment.Keys.Where(name => name.StartsWith("OS_", StringComparison.Ordinal) || name == "PYTHONPATH");
        foreach (var name in foreign.ToList()) start.Environment.Remove(name);
        start.Environment["OS_CLIENT_CONFIG_FILE"] = cloudsYaml;
        start.Environment["OS_CLOUD"] = BenchmarkCloud.CloudName;
        start.Environment["no_proxy"] = start.Environment["NO_PROXY"] = "127.0.0.1,localhost";
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program}: exit code {process.ExitCode}");
    }
}
