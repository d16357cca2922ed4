using ImageTagOperator.Sandbox;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>A failure that repeats is one status, with no write per reconcile and no other status in between.</summary>
public sealed class RepeatedFailureTests
{
    [Theory]
    [InlineData(403, "Forbidden")]
    [InlineData(413, "TagQuotaExceeded")]
    [InlineData(400, "TagRejected")]
    public async Task A_write_that_is_rejected_each_time_does_not_change_the_status(int status, string reason)
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("ubuntu");
        world.Cloud.Faults.Add("PUT", "*/tags/*", new Fault { Status = status });
        await world.StartOperatorAsync();
        await world.CreateAsync(world.Set("ubuntu", image.Id, "golden", "lts"));
        await world.ReadyAsync("ubuntu", "False", reason);
        await ReconcileAsync("first");
        var before = Writes();
        for (var number = 1; number <= 4; number++) await ReconcileAsync($"{number}");
        Assert.Equal(before, Writes());

        int Writes() => world.Cluster.Calls.Matching("PUT", "*/imagetagsets/ubuntu/status").Count;

        int Tries() => world.Cloud.Calls.Matching("PUT", "*/tags/*").Count;

        // A status write comes before the next reconcile.
        async Task ReconcileAsync(string at)
        {
            var tries = Tries();
            await world.RequestAsync("ubuntu", at);
            await Eventually.HoldsAsync(
                () => Task.FromResult(Tries()), count => count > tries, "another try", count => $"there were {count}");
        }
    }
}
