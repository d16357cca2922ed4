using System.Collections.Concurrent;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.IntegrationTests.Replicas;

/// <summary>Two processes of the operator, one of which is the leader.</summary>
public sealed class RealLeaderTests
{
    private const string Lease = "image-tag-operator";

    [Fact]
    public async Task Statement_19_another_replica_takes_over_from_a_killed_leader_when_the_lease_has_expired()
    {
        await using var replicas = await TwoReplicas.StartAsync();
        await replicas.First.Process.KillAsync();
        await replicas.SecondLeadsAsync();
        await replicas.OnlyOneAtATimeAsync();
    }

    [Fact]
    public async Task Statement_21_another_replica_takes_over_from_a_stopped_leader_before_the_lease_has_expired()
    {
        await using var replicas = await TwoReplicas.StartAsync();
        await using var holders = await HolderLog.StartAsync(replicas.World);
        Assert.Equal(0, await replicas.First.Process.StopAsync());
        await replicas.SecondLeadsAsync();
        var released = await holders.SinceAsync("");
        var taken = await holders.SinceAsync(replicas.Second.Identity);
        // The standby retries every two seconds; a Lease that was not released would expire after fifteen.
        Assert.InRange(taken - released, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await replicas.OnlyOneAtATimeAsync();
    }

    [Fact]
    public async Task Statement_20_a_leader_frozen_during_writes_writes_nothing_after_it_wakes_and_exits_with_1()
    {
        await using var replicas = await TwoReplicas.StartAsync();
        var world = replicas.World;
        var wide = await world.Glance.CreateImageAsync("wide");
        var tags = Enumerable.Range(0, 40).Select(i => $"t{i}").ToArray();
        await world.CreateAsync(world.Set("wide", wide, tags));
        await world.UntilAsync(
            () => world.CloudCallsAsync(wide),
            calls => calls.Count(call => call.StartsWith("PUT", StringComparison.Ordinal)) >= 3,
            "the leader to be in the middle of its writes",
            calls => $"it made {calls.Count} calls");

        await replicas.First.Process.FreezeAsync();
        Assert.True((await world.Glance.GetTagsAsync(wide)).Count < tags.Length, "the leader has more to write when it wakes");
        await replicas.SecondLeadsAsync();
        await world.TagsAsync(wide, tags);
        await replicas.First.Process.ThawAsync();
        Assert.Equal(1, await replicas.First.Process.ExitAsync());
        Assert.Contains("Lost the lease", replicas.First.Process.Log, StringComparison.Ordinal);
        await replicas.OnlyOneAtATimeAsync();
    }

    /// <summary>The holders of the Lease over time, from a watch.</summary>
    private sealed class HolderLog : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly ConcurrentDictionary<string, long> since = new();
        private Task watching = Task.CompletedTask;

        public static async Task<HolderLog> StartAsync(Scenarios.World world)
        {
            var log = new HolderLog();
            var now = await world.Kubernetes.ListAsync<V1Lease>(world.Namespace);
            log.watching = log.WatchAsync(world, now.ResourceVersion);
            return log;
        }

        public async Task<TimeSpan> SinceAsync(string holder)
        {
            var at = await Scenarios.Eventually.HoldsAsync(
                () => Task.FromResult(since.GetValueOrDefault(holder)),
                at => at != 0,
                $"the holder '{holder}'",
                _ => $"the holders were '{string.Join("', '", since.Keys)}'");
            return TimeProvider.System.GetElapsedTime(0, at);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await watching;
            stop.Dispose();
        }

        private async Task WatchAsync(Scenarios.World world, string? version)
        {
            try
            {
                await foreach (var change in world.Kubernetes.WatchAsync<V1Lease>(world.Namespace, version, null, stop.Token))
                {
                    if (change.Entity is not { } lease || lease.Metadata.Name != Lease) continue;
                    since.TryAdd(lease.Spec.HolderIdentity ?? "", TimeProvider.System.GetTimestamp());
                }
            }
            catch (OperationCanceledException)
            {
                // The watch was stopped.
            }
        }
    }
}
