using System.Text.Json.Nodes;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>What stands in the log at the level Information, in both formats.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task A_change_is_one_line_per_image_and_a_reconcile_that_changes_nothing_is_none()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var image = world.Cloud.AddImage("ubuntu", "old");
        await using var process = await StartAsync(world, "--log-level", "Information");
        const int Start = 1;    // who it is and what it watches
        await LinesAsync(world, process, Start);
        await world.CreateAsync(world.Set("ubuntu", image.Id, "golden"));
        await world.ReadyAsync("ubuntu", "True");
        var change = Assert.Single((await LinesAsync(world, process, Start + 1))[Start..]);
        Assert.Matches(
            $"^[^ ]+Z info: ImageTagOperator.Controllers.Announcer\\[1\\] => {Uuid} {world.Namespace}/ubuntu: image {image.Id}: added "
            + "\\[golden\\], removed \\[old\\]$", change);

        // Twice more there is nothing to do.
        for (var time = 0; time < 2; time++)
        {
            var calls = (await world.CloudCallsAsync(image.Id)).Count;
            await world.RequestAsync("ubuntu", $"{time}");
            await world.UntilAsync(
                () => world.CloudCallsAsync(image.Id), now => now.Count > calls, "another look", now => $"{now.Count} calls");
        }

        Assert.Equal(Start + 1, Lines(process).Length);
        await world.DeleteAsync("ubuntu");
        await world.GoneAsync("ubuntu");
        Assert.Collection(
            (await LinesAsync(world, process, Start + 3))[(Start + 1)..],
            line => Assert.EndsWith("added [], removed [golden]", line, StringComparison.Ordinal),
            line => Assert.Contains("Finalized", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_has_the_id_of_the_reconcile_as_a_field()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var image = world.Cloud.AddImage("ubuntu");
        await using var process = await StartAsync(world, "--log-format", "json", "--log-level", "Information");
        await world.CreateAsync(world.Set("ubuntu", image.Id, "golden"));
        await world.ReadyAsync("ubuntu", "True");
        var change = JsonNode.Parse((await LinesAsync(world, process, 2)).Last())!;
        Assert.Equal(image.Id, (string?)change["State"]!["Image"]);
        Assert.Matches("^[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z$", (string?)change["Timestamp"]);
        var id = (string?)change["Scopes"]!.AsArray().Single(scope => scope?["ReconcileId"] is not null)!["ReconcileId"];
        Assert.Matches($"^{Uuid}$", id);
        Assert.Contains(world.Cloud.Calls.All, call => call.Method == "PUT" && call.RequestId == $"req-{id}");
    }

    [Fact]
    public async Task Parts_of_the_log_have_levels_of_their_own()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        await using var process = await StartAsync(world, "--log-level", "ImageTagOperator.Kubernetes=Debug", "--log-level", "Warning");
        await world.UntilAsync(
            () => Task.FromResult(process.Log), log => log.Contains("Listed ImageTagSet", StringComparison.Ordinal), "the list to be told",
                log => $"the log is: {log}");
        Assert.DoesNotContain("watches ImageTagSets", process.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Loud")]
    [InlineData("ImageTagOperator=Loud")]
    [InlineData("=Debug")]
    [InlineData("3")]
    public async Task What_is_no_level_is_refused(string level)
    {
        using var process = System.Diagnostics.Process.Start(
            new System.Diagnostics.ProcessStartInfo(
            OperatorProcess.Executable, ["run", "--log-level", level]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        Assert.Contains("--log-level", said, StringComparison.Ordinal);
    }

    private const string Uuid = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

    private static string[] Lines(OperatorProcess process) => [.. process.Log.Split('\n').Where(line => line.Length > 0)];

    /// <summary>What a process prints takes its time to come through the pipe.</summary>
    private static Task<string[]> LinesAsync(SandboxWorld world, OperatorProcess process, int least) => world.UntilAsync(
        () => Task.FromResult(Lines(process)), lines => lines.Length >= least, $"{least} lines in the log", lines =>
            $"there are {lines.Length}: {string.Join('\n', lines)}");

    private static Task<OperatorProcess> StartAsync(SandboxWorld world, params string[] arguments) =>
        OperatorProcess.StartAsync(
            world.Executable, ["run", "--kubeconfig", world.Kubeconfig, "-n", world.Namespace, .. arguments], logLevel: null);
}
