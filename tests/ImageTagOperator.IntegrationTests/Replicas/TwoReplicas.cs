using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Replicas;

/// <summary>A leader, a standby, and sets that change continuously.</summary>
internal sealed class TwoReplicas : IAsyncDisposable
{
    private readonly RealWorld world;
    private readonly ChangingSets changes;

    private TwoReplicas(RealWorld world, Replica first, Replica second, ChangingSets changes) =>
        (this.world, First, Second, this.changes) = (world, first, second, changes);

    public World World => world;

    /// <summary>The leader at the start.</summary>
    public Replica First { get; }

    public Replica Second { get; }

    public static async Task<TwoReplicas> StartAsync()
    {
        var world = (RealWorld)await RealWorld.CreateAsync();
        var accounts = await Task.WhenAll(Replica.AccountAsync(world, "first"), Replica.AccountAsync(world, "second"));
        var first = await Replica.StartAsync(world, accounts[0]);
        await SaidAsync(world, first, "Holding the lease");
        var second = await Replica.StartAsync(world, accounts[1]);
        await SaidAsync(world, second, $"is held by {first.Identity}");
        return new(world, first, second, await ChangingSets.StartAsync(world));
    }

    public async Task SecondLeadsAsync() => await SaidAsync(world, Second, "Holding the lease");

    /// <summary>Ends the changes with one to every set, waits until the second replica has reconciled all, and checks in the servers' logs
    /// that the writes never interleave: all writes of the first replica precede all writes of the second.</summary>
    public async Task OnlyOneAtATimeAsync()
    {
        await changes.EndAsync();
        await changes.ConvergeAsync();
        string[] senders = [First.RequestIds, Second.RequestIds];
        Assert.Equal(senders,
            Turns((await world.GlanceAsync()).Where(entry => entry.IsWrite).Select(entry => entry.Sender).Where(senders.Contains)));
        string[] users = [First.User, Second.User];
        var work = (await world.AuditAsync()).Where(entry => entry.IsWrite && !entry.Object.StartsWith("leases", StringComparison.Ordinal));
        Assert.Equal(users, Turns(work.Select(entry => entry.User).Where(users.Contains)));
    }

    public async ValueTask DisposeAsync()
    {
        await changes.DisposeAsync();
        await world.DisposeAsync();
        First.Dispose();
        Second.Dispose();
    }

    private static IEnumerable<string> Turns(IEnumerable<string> writers)
    {
        string? last = null;
        foreach (var writer in writers.Where(writer => writer != last)) yield return last = writer;
    }

    private static Task<string> SaidAsync(World world, Replica replica, string words) => world.UntilAsync(
        () => Task.FromResult(replica.Process.Log),
        log => log.Contains(words, StringComparison.Ordinal),
        $"{replica.User} to say '{words}'",
        _ => "it does not");
}
