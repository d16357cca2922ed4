using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Leases;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Kubernetes;
using Microsoft.Extensions.Logging;
using Xunit;
using Result = ImageTagOperator.Kubernetes.Abstractions.ReconciliationResult<ImageTagOperator.Tests.Kubernetes.Widget>;

namespace ImageTagOperator.Tests.Kubernetes;

public sealed class LeaderElectionTests
{
    private const string LeasePath = "*/leases*";

    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void Statement_19_the_times_are_15_10_and_2_seconds()
    {
        var settings = new LeaderElectionSettings();
        Assert.Equal(
            (15, 10, 2), (settings.LeaseDuration.TotalSeconds, settings.RenewDeadline.TotalSeconds, settings.RetryPeriod.TotalSeconds));
    }

    [Fact]
    public async Task Statement_19_a_foreign_lease_expires_after_15_s_without_a_change_on_the_local_clock()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (client, elector, log) = Elector(server, "me");
        using var _ = client;
        Hold(server, "other", renewed: "2001-01-01T00:00:00.000000Z"); // ancient by our clock, and still valid
        var acquire = elector.AcquireAsync(Cancel);
        await Eventually.TrueAsync(() => log.Has("held by other"), "the holder is seen");
        await AdvanceAsync(14);
        Assert.False(acquire.IsCompleted, "no change for 14 s is too short");

        Hold(server, "other", renewed: "2099-01-01T00:00:00.000000Z"); // a change: the 15 s begin again
        await AdvanceAsync(14);
        Assert.False(acquire.IsCompleted, "the lease was renewed in between");
        await time.AdvanceUntilAsync(() => acquire.IsCompleted, "this process holds the lease", limit: TimeSpan.FromSeconds(8));
        Assert.Equal(("me", 1), (Holder(server), (int)Lease(server)!["spec"]!["leaseTransitions"]!));
    }

    [Fact]
    public async Task Statement_20_a_non_leader_reconciles_nothing_and_is_ready()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        Hold(server, "other", "2026-01-02T03:04:05.000000Z");
        await using var app = await StartAsync(server);
        await Eventually.TrueAsync(() => app.State.IsReady && app.Log.Has("held by other"), "ready, and waiting");
        server.ApplyWidget("a", size: 2);
        await Eventually.NeverAsync(() => !app.World.Reconciled.IsEmpty, "a non-leader reconciles nothing");
        Assert.False(app.State.IsLeader);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => app.Client.DeleteAsync<Widget>(new("default", "a"), null, Cancel));
        await time.AdvanceUntilAsync(() => app.World.Runs("a") == 1, "it takes over", limit: TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Statement_20_no_write_is_sent_after_the_lease_is_lost_and_the_process_exits_with_1()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        var cancelled = false;
        Exception? refused = null;
        var world = new WidgetWorld();
        TestOperator? app = null;
        world.Reconcile = async (widget, cancel) =>
        {
            await Eventually.TrueAsync(() => !app!.State.IsLeader, "leadership is lost", 60);
            // A controller that ignores its token and still writes.
            refused = await Record.ExceptionAsync(() => app!.Client.UpdateStatusAsync(widget, CancellationToken.None));
            await Eventually.TrueAsync(() => cancel.IsCancellationRequested, "the reconcile is cancelled", 60);
            cancelled = true;
            return Result.Success(widget);
        };
        await using var started = app = await StartAsync(server, world);
        await time.AdvanceUntilAsync(() => world.Runs("a") == 1, "it runs");
        using var outage = server.Faults.Add("*", LeasePath, new Fault { Status = 503 });
        await time.AdvanceUntilAsync(
            () => app.IsStopping, "the host is told to stop", TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(12));
        await Eventually.TrueAsync(() => cancelled && refused is not null, "the reconcile is cancelled, and its write rejected");
        Assert.IsAssignableFrom<OperationCanceledException>(refused);
        Assert.Equal(1, app.State.ExitCode);
        Assert.DoesNotContain(server.Calls.Writes, call => call.Path.Contains("widgets", StringComparison.Ordinal));
        Assert.True(app.Log.Has("Lost the lease"));
    }

    [Fact]
    public async Task Statement_20_leadership_ends_by_the_clock_even_if_the_server_never_answers()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (client, elector, _) = Elector(server, "me");
        using var __ = client;
        await elector.AcquireAsync(Cancel);
        using var outage = server.Faults.Add("*", LeasePath, new Fault { Hang = true });
        var hold = elector.RenewUntilLostAsync(Cancel);
        await AdvanceAsync(9);
        Assert.True(elector.IsValid);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(elector.IsValid, "10 s without a renewal");
        await time.AdvanceUntilAsync(() => hold.IsCompleted, "it stops leading", limit: TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Statement_20_a_process_frozen_at_any_moment_stops_leading_when_it_wakes(int moment)
    {
        await using var server = await SandboxKubernetes.StartAsync();
        using var client = server.Client();
        var frozen = new FreezingTime();
        var log = new RecordingLogger();
        var elector = new LeaderElector(
            client, new() { RetryPeriod = TimeSpan.FromMilliseconds(1) }, new("default", "tester"), "me", frozen, () => 0.5,
                log.For<LeaderElector>());
        await elector.AcquireAsync(Cancel);
        frozen.FreezeAtReading(moment, () => Hold(server, "other", "2026-01-02T03:04:05.000000Z"));
        await elector.RenewUntilLostAsync(Cancel).WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, Cancel);
        Assert.False(elector.IsValid);
        Assert.True(log.Has("Lost the lease"));
        Assert.Equal("other", Holder(server));
    }

    [Fact]
    public async Task Statement_21_a_network_fault_shorter_than_the_deadline_costs_nothing()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (client, elector, log) = Elector(server, "me");
        using var _ = client;
        await elector.AcquireAsync(Cancel);
        using var stop = new CancellationTokenSource();
        var hold = elector.RenewUntilLostAsync(stop.Token);
        using (server.Faults.Add("*", LeasePath, new Fault { ResetBeforeWork = true }))
        {
            await AdvanceAsync(7);
        }

        await AdvanceAsync(30);
        Assert.True(elector.IsValid && !hold.IsCompleted, "still leader");
        Assert.Contains(log.At(LogLevel.Warning), message => message.Contains("trying on", StringComparison.Ordinal));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => hold);
    }

    [Fact]
    public async Task Statement_21_leadership_returns_after_a_network_fault()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (client, elector, _) = Elector(server, "me");
        using var __ = client;
        var outage = server.Faults.Add("*", LeasePath, new Fault { ResetBeforeWork = true });
        var acquire = elector.AcquireAsync(Cancel);
        await AdvanceAsync(60);
        Assert.False(acquire.IsCompleted);
        outage.Dispose();
        await time.AdvanceUntilAsync(() => acquire.IsCompleted, "this process holds the lease", limit: TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Statement_21_a_clean_stop_releases_the_lease_and_the_next_replica_takes_over_at_once()
    {
        await using var server = await WidgetCluster.StartAsync();
        var first = await StartAsync(server, identity: "first");
        await Eventually.TrueAsync(() => first.State.IsLeader, "the first leads");
        await using var second = await StartAsync(server, identity: "second");
        await Eventually.TrueAsync(() => second.Log.Has("held by first"), "the second waits");
        await first.StopAsync();
        Assert.Equal("", Holder(server));
        // one retry, not 15 s
        await time.AdvanceUntilAsync(() => second.State.IsLeader, "the second leads", limit: TimeSpan.FromSeconds(5));
        Assert.Equal(0, first.State.ExitCode);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task A_group_works_side_by_side_and_another_group_waits_until_the_last_has_ended_and_its_lease_has_run_out()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        await using var first = await StartGroupAsync(server, "two", "tester-0");
        await using var second = await StartGroupAsync(server, "two", "tester-1");
        await time.AdvanceUntilAsync(() => first.State.IsLeader && second.State.IsLeader, "both work", limit: TimeSpan.FromSeconds(30));
        await using var other = await StartGroupAsync(server, "three", "tester-2");
        await Eventually.TrueAsync(() => other.Log.Has("held by two"), "the other group waits");
        await first.StopAsync();
        await AdvanceAsync(30);
        Assert.True(second.State.IsLeader && !other.State.IsLeader, "one of the group is left");
        await second.StopAsync();
        Assert.Equal("two", Holder(server));
        await AdvanceAsync(12);
        Assert.False(other.State.IsLeader, "the last process cannot know that it is the last, so the Lease runs out");
        await time.AdvanceUntilAsync(() => other.World.Runs("a") == 1, "the other group works", limit: TimeSpan.FromSeconds(30));
        Assert.Equal("three", Holder(server));
    }

    [Fact]
    public async Task A_group_and_a_process_without_one_exclude_each_other()
    {
        await using var server = await WidgetCluster.StartAsync();
        await using var single = await StartAsync(server, identity: "single");
        await Eventually.TrueAsync(() => single.State.IsLeader, "the single process works");
        await using var shard = await StartGroupAsync(server, "two", "tester-0");
        await Eventually.TrueAsync(() => shard.Log.Has("held by single"), "the group waits");
        await single.StopAsync();
        await time.AdvanceUntilAsync(() => shard.State.IsLeader, "the group works", limit: TimeSpan.FromSeconds(5));
        await using var again = await StartAsync(server, identity: "again");
        await Eventually.TrueAsync(() => again.Log.Has("held by two"), "the single process waits");
        await AdvanceAsync(30);
        Assert.True(shard.State.IsLeader && !again.State.IsLeader);
    }

    [Fact]
    public async Task A_process_that_loses_the_lease_of_its_group_stops()
    {
        await using var server = await WidgetCluster.StartAsync();
        await using var app = await StartGroupAsync(server, "two", "tester-0");
        await time.AdvanceUntilAsync(() => app.State.IsLeader, "it works", limit: TimeSpan.FromSeconds(30));
        Hold(server, "three", "2026-01-02T03:04:05.000000Z");
        await time.AdvanceUntilAsync(() => app.IsStopping, "it stops", limit: TimeSpan.FromSeconds(10));
        Assert.False(app.State.IsLeader);
        Assert.Equal(1, app.State.ExitCode);
    }

    [Fact]
    public async Task Statement_22_a_403_is_logged_once_with_the_missing_rule()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        var (client, elector, log) = Elector(server, "me");
        using var _ = client;
        var status = """{"kind":"Status","code":403,"reason":"Forbidden","message":"leases is forbidden"}""";
        var fault = server.Faults.Add("*", LeasePath, new Fault { Status = 403, Body = status, ContentType = "application/json" });
        var acquire = elector.AcquireAsync(Cancel);
        await AdvanceAsync(60);
        var message = Assert.Single(log.At(LogLevel.Error));
        Assert.Contains("""apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update"]""", message,
            StringComparison.Ordinal);
        fault.Dispose();
        await time.AdvanceUntilAsync(() => acquire.IsCompleted, "this process holds the lease", limit: TimeSpan.FromSeconds(10));
    }

    private static JsonObject? Lease(SandboxKubernetes server) => server.Get("leases.coordination.k8s.io", "default", "tester");

    private static string? Holder(SandboxKubernetes server) => Lease(server)?["spec"]?["holderIdentity"]?.ToString();

    private static void Hold(SandboxKubernetes server, string holder, string renewed) => server.Apply(JsonNode.Parse(new JsonObject
    {
        ["apiVersion"] = "coordination.k8s.io/v1",
        ["kind"] = "Lease",
        ["metadata"] = new JsonObject { ["name"] = "tester", ["namespace"] = "default" },
        ["spec"] = new JsonObject
        {
            ["holderIdentity"] = holder,
            ["leaseDurationSeconds"] = 15,
            ["acquireTime"] = renewed,
            ["renewTime"] = renewed,
            ["leaseTransitions"] = 0,
        },
    }.ToJsonString())!.AsObject());

    private (KubernetesClient Client, LeaderElector Elector, RecordingLogger Log) Elector(SandboxKubernetes server, string identity)
    {
        var log = new RecordingLogger();
        var client = server.Client(time, log);
        return (client, new(client, new(), new("default", "tester"), identity, time, () => 0.5, log.For<LeaderElector>()), log);
    }

    private Task<TestOperator> StartAsync(SandboxKubernetes server, WidgetWorld? world = null, string identity = "me") =>
        TestOperator.StartAsync(server, world, time, settings =>
    {
        settings.LeaderElection.Enabled = true;
        settings.LeaderElection.Identity = identity;
    });

    private Task<TestOperator> StartGroupAsync(SandboxKubernetes server, string group, string lease) =>
        TestOperator.StartAsync(server, null, time, settings =>
    {
        settings.LeaderElection.Enabled = true;
        settings.LeaderElection.Identity = $"process {lease}";
        settings.LeaderElection.LeaseName = lease;
        settings.LeaderElection.GroupIdentity = group;
    });

    private async Task AdvanceAsync(double seconds)
    {
        var end = time.GetUtcNow() + TimeSpan.FromSeconds(seconds);
        await time.AdvanceUntilAsync(() => time.GetUtcNow() >= end, "time passes", TimeSpan.FromMilliseconds(250));
    }
}
