using System.Text.Json.Nodes;
using ImageTagOperator.Hosting.Logging;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Scenarios;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>The log at the level Information, in both formats.</summary>
public sealed class LogTests
{
    [Fact]
    public async Task A_change_is_one_line_per_image_and_a_reconcile_without_changes_logs_nothing()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var image = world.Cloud.AddImage("ubuntu", "old");
        await using var process = await StartAsync(world, "--log-level", "Information");
        const int Start = 1;    // the version and the watched namespaces
        await LinesAsync(world, process, Start);
        await world.CreateAsync(world.Set("ubuntu", image.Id, "golden"));
        await world.ReadyAsync("ubuntu", "True");
        var change = Assert.Single((await LinesAsync(world, process, Start + 1))[Start..]);
        Assert.Matches(
            $"^[^ ]+Z info: ImageTagOperator.Controllers.Announcer\\[1\\] => {Uuid} {world.Namespace}/ubuntu: image ubuntu \\({image.Id}\\): added "
            + "\\[golden\\], removed \\[old\\]$", change);

        // Two more reconciles with nothing to do.
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
    public async Task An_outage_is_one_line_and_its_end_is_another()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var image = world.Cloud.AddImage("ubuntu", "golden");
        await using var process = await StartAsync(
            world, "--log-level", "Information", "--log-level", "ImageTagOperator.Kubernetes.Controllers=Debug");
        await world.CreateAsync(world.Set("ubuntu", image.Id, "golden"));
        await world.ReadyAsync("ubuntu", "True");
        const string Retry = " dbug: ImageTagOperator.Kubernetes.Controllers.EntityReconciler[1301]";
        using (world.Cloud.Faults.Add("GET", "*", new Fault { Status = 503 }))
        {
            await world.RequestAsync("ubuntu", "in the outage");
            await LinesAsync(world, process, 2, Retry);
        }

        await LinesAsync(world, process, 1, "/ubuntu: recovered from Transient: ");
        Assert.Single(Lines(process), line => line.Contains(" of " + world.Namespace + "/ubuntu failed: ", StringComparison.Ordinal)
            && line.Contains(" warn: ", StringComparison.Ordinal));
        Assert.Single(Lines(process), line => line.Contains("recovered", StringComparison.Ordinal));
    }

    [Fact]
    public void On_a_terminal_a_line_is_short_aligned_and_coloured()
    {
        const string Coloured = "\e[2m03:04:05.000\e[0m \e[33mwarn\e[0m \e[2mAnnouncer       \e[0m a \\x1b[2J b\n";
        Assert.Equal(Coloured, Written(TextLogStyle.Coloured));
        Assert.Equal("03:04:05.000 warn Announcer        a \\x1b[2J b\n", Written(TextLogStyle.Aligned));
        Assert.Equal("2026-01-02T03:04:05.000Z warn: ImageTagOperator.Controllers.Announcer[2] a \\x1b[2J b\n", Written(TextLogStyle.Plain));

        static string Written(TextLogStyle style)
        {
            using var writer = new StringWriter();
            new TextLogFormatter(new FakeTimeProvider(), style).Write(
                new LogEntry<string>(
                    LogLevel.Warning, "ImageTagOperator.Controllers.Announcer", 2, "a \e[2J b", null, static (state, _) => state),
                null, writer);
            return writer.ToString();
        }
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
        Assert.Equal((image.Id, "ubuntu"), ((string?)change["State"]!["Image"], (string?)change["State"]!["ImageName"]));
        Assert.Matches("^[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z$", (string?)change["Timestamp"]);
        var id = (string?)change["Scopes"]!.AsArray().Single(scope => scope?["ReconcileId"] is not null)!["ReconcileId"];
        Assert.Matches($"^{Uuid}$", id);
        Assert.Contains(world.Cloud.Calls.All, call => call.Method == "PUT" && call.RequestId == $"req-{id}");
    }

    [Fact]
    public async Task Log_levels_can_be_set_per_category()
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
    public async Task An_unknown_level_is_rejected(string level)
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

    /// <summary>The output of a process arrives through the pipe with a delay.</summary>
    private static Task<string[]> LinesAsync(SandboxWorld world, OperatorProcess process, int least, string part = "") => world.UntilAsync(
        () => Task.FromResult(Lines(process).Where(line => line.Contains(part, StringComparison.Ordinal)).ToArray()), lines => lines.Length >= least, $"{least} lines in the log with '{part}'",
            lines => $"there are {lines.Length}: {string.Join('\n', lines)}. The log: {process.Log}");

    private static Task<OperatorProcess> StartAsync(SandboxWorld world, params string[] arguments) =>
        OperatorProcess.StartAsync(
            world.Executable, ["run", "--kubeconfig", world.Kubeconfig, "-n", world.Namespace, .. arguments], logLevel: null);
}
