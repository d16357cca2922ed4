using ImageTagOperator.IntegrationTests.Runtime;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Shards;

/// <summary>The real cloud at another address of its Keystone, which the operator takes for a cloud of its own.</summary>
internal sealed class ShardCloud : IAsyncDisposable
{
    private readonly Gate gate;
    private readonly string identity;

    private ShardCloud(Gate gate, string cloudsYaml, string identity) =>
        (this.gate, CloudsYaml, this.identity) = (gate, cloudsYaml, identity);

    public string CloudsYaml { get; }

    public string Name => $"cloud-{gate.Address.Port}";

    public static async Task<ShardCloud> OpenAsync(World world)
    {
        var keystone = OpenStack.Configuration.CloudsYaml.Parse(world.CloudsYaml, "demo").AuthUrl;
        var gate = new Gate(keystone);
        var cloudsYaml = world.CloudsYaml.Replace(keystone.Authority, gate.Address.Authority, StringComparison.Ordinal);
        using var sessions = new CloudSessions(TimeProvider.System);
        var session = sessions.Get(new CloudsFile(cloudsYaml).Find("demo", new TlsFiles()));
        return new(gate, cloudsYaml, (await session.GetAccessAsync(TestContext.Current.CancellationToken)).Cloud);
    }

    /// <summary>The shard of this cloud, as in the option: <c>1/3</c>.</summary>
    public string ShardAmong(int count) => Enumerable.Range(0, count).Where(index => new Shard(index, count).Owns(identity))
        .Select(index => $"{index}/{count}").Single();

    public ValueTask DisposeAsync() => gate.DisposeAsync();
}
