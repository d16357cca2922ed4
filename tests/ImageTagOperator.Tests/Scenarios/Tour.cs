using System.Diagnostics;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary><c>make tour</c>, without input and without a terminal.</summary>
internal static class Tour
{
    /// <param name="kubectl">Its path; empty: the tour uses the program's own commands.</param>
    /// <returns>What the tour prints.</returns>
    public static async Task<string> RunAsync(string kubectl)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ImageTagOperator.sln"))) folder = folder.Parent;
        var start = new ProcessStartInfo("bash", [Path.Combine(folder.FullName, "hack", "tour.sh")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        (start.Environment["TOUR"], start.Environment["TOUR_OPERATOR"]) = ("auto", OperatorProcess.Executable);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        start.Environment["TOUR_SANDBOX"] = Path.Combine(
            folder.FullName, "artifacts", "bin", "ImageTagOperator.Sandbox", configuration, "image-tag-sandbox");
        start.Environment["KUBECTL"] = kubectl;
        using var tour = Process.Start(start)!;
        var error = tour.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await tour.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await tour.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(tour.ExitCode == 0, $"exit code {tour.ExitCode}\n{output}\n{await error}");
        foreach (var said in new[] { "golden is back.", "debian-12", "CredentialsRejected", "== The end" }) Assert.Contains(
            said, output, StringComparison.Ordinal);
        return output;
    }
}
