using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Tests.Kubernetes;
using k8s;
using k8s.LeaderElection;
using k8s.LeaderElection.ResourceLock;
using k8s.Models;
using Xunit;

namespace ImageTagOperator.Tests.Tripwires;

/// <summary>The package's leader election, on the embedded API server.</summary>
public sealed class LeaseTripwires
{
    private const string Path = "/apis/coordination.k8s.io/v1/namespaces/default/leases";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Tripwire("A leader that stops keeps its lease: the next one waits until it has run out", "Leases/LeaderElector.cs")]
    public async Task The_lease_is_not_released_on_stop()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        using var client = Package.Client(server.Url);
        using var elector = await LedAndStoppedAsync(client);
        var lease = await client.CoordinationV1.ReadNamespacedLeaseAsync("lock", "default", cancellationToken: Cancel);
        Tripwire.AssertGap(lease.Spec.HolderIdentity == "me", $"holder '{lease.Spec.HolderIdentity}'");
    }

    [Fact]
    [Tripwire("A leader that was stopped still says that it leads", "Leases/LeaderElector.cs", "Abstractions/Builder/OperatorState.cs")]
    public async Task A_stopped_leader_reports_that_it_leads()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        using var client = Package.Client(server.Url);
        using var elector = await LedAndStoppedAsync(client);
        Tripwire.AssertGap(elector.IsLeader());
    }

    [Fact]
    [Tripwire("A lease without a holder is never taken", "Leases/LeaderElector.cs")]
    public async Task A_lease_with_a_null_holder_is_never_taken()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        using var client = Package.Client(server.Url);
        await client.CoordinationV1.CreateNamespacedLeaseAsync(
            new V1Lease { Metadata = new() { Name = "lock" }, Spec = new() { LeaseDurationSeconds = 1 } }, "default",
            cancellationToken: Cancel);
        using var elector = Elector(client);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var run = elector.RunUntilLeadershipLostAsync(stop.Token);
        await Eventually.TrueAsync(() => elector.IsLeader() || server.Calls.Matching("POST", Path + "*")
            .Count(call => call.Status == 409) >= 3, "the lease was taken, or refused three times", 60);
        var leads = elector.IsLeader();
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => run);
        Tripwire.AssertGap(!leads);
    }

    private static LeaderElector Elector(k8s.Kubernetes client) =>
        new(new LeaderElectionConfig(new LeaseLock(client, "default", "lock", "me"))
    {
        LeaseDuration = TimeSpan.FromMinutes(3),
        RenewDeadline = TimeSpan.FromMinutes(2),
        RetryPeriod = TimeSpan.FromMilliseconds(20),
    });

    private static async Task<LeaderElector> LedAndStoppedAsync(k8s.Kubernetes client)
    {
        var elector = Elector(client);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var run = elector.RunUntilLeadershipLostAsync(stop.Token);
        await Eventually.TrueAsync(elector.IsLeader, "the package's elector leads", 60);
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => run);
        return elector;
    }
}
