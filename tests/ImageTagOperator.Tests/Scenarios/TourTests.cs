using System.Diagnostics;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary><c>make tour</c>, by itself and without a terminal.</summary>
public sealed class TourTests
{
    /// <param name="hasKubectl">A real kubectl, where there is one.</param>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_tour_runs_by_itself_with_kubectl_and_without(bool hasKubectl)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(CommandRun.RepositoryFolder(), "hack", "tour.sh")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        (start.Environment["TOUR"], start.Environment["TOUR_OPERATOR"]) = ("auto", OperatorProcess.Executable);
        start.Environment["TOUR_SANDBOX"] = Path.Combine(AppContext.BaseDirectory, "image-tag-sandbox");
        if (!hasKubectl) start.Environment["KUBECTL"] = "";
        else Assert.SkipUnless(Kubectl() is { } found && (start.Environment["KUBECTL"] = found) is not null, "there is no kubectl here");
        using var tour = Process.Start(start)!;
        var error = tour.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await tour.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await tour.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(tour.ExitCode == 0, $"exit code {tour.ExitCode}\n{output}\n{await error}");
        foreach (var said in new[] { "golden is back.", "debian-12", "CredentialsRejected", "== The end" }) Assert.Contains(
            said, output, StringComparison.Ordinal);
        Assert.Contains(hasKubectl ? "Removed golden, lts from image 'ubuntu-24.04'" : "There is no kubectl here", output,
            StringComparison.Ordinal);
    }

    private static string? Kubectl() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);
}
