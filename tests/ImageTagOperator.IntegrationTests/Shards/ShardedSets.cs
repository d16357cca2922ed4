using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.IntegrationTests.Replicas;
using k8s.Models;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Shards;

/// <summary>Clouds, each with a set that is edited and one that stays as it is, and the processes of the operator that share
/// them.</summary>
internal sealed class ShardedSets : IAsyncDisposable
{
    /// <summary>A tag that all sets declare all the time.</summary>
    public const string Steady = "golden";

    private readonly List<ShardCloud> clouds = [];
    private readonly List<(ShardCloud Cloud, string Edited, string Resting)> images = [];
    private readonly Dictionary<string, Replica> replicas = [];
    private int edits;

    private ShardedSets(RealWorld world) => World = world;

    public RealWorld World { get; }

    public IReadOnlyList<(ShardCloud Cloud, string Edited, string Resting)> Images => images;

    /// <param name="counts">Numbers of shards: each shard of each number gets a cloud.</param>
    public static async Task<ShardedSets> CreateAsync(params int[] counts)
    {
        var sharded = new ShardedSets((RealWorld)await RealWorld.CreateAsync());
        while (counts.Any(count => sharded.clouds.Select(cloud => cloud.ShardAmong(count)).Distinct().Count() < count))
        {
            sharded.clouds.Add(await ShardCloud.OpenAsync(sharded.World));
        }

        await Task.WhenAll(sharded.clouds.Select(sharded.AddSetsAsync));
        return sharded;
    }

    /// <param name="name">Of the ServiceAccount, because a shard can have several processes.</param>
    /// <param name="shard">As in the option: <c>0/2</c>.</param>
    public async Task<Replica> StartAsync(string name, string shard)
    {
        var account = await Replica.AccountAsync(World, name);
        return replicas[name] = await Replica.StartAsync(World, account, "--shard", shard);
    }

    /// <summary>Whether the process holds the Lease of its division.</summary>
    public bool Works(Replica replica) =>
        replica.Process.Log.Contains($"Holding the lease {World.Namespace}/image-tag-operator as ", StringComparison.Ordinal);

    public Task WorksAsync(Replica replica) => World.UntilAsync(
        () => Task.FromResult(Works(replica)), works => works, $"{replica.User} to hold the Lease of its division", _ => "it does not");

    public async Task<string?> HolderAsync(string lease) =>
        (await World.Kubernetes.GetAsync<V1Lease>(lease, World.Namespace))?.Spec.HolderIdentity;

    /// <summary>Declares a new tag in place of the last one, in one set of each cloud.</summary>
    public Task DeclareAsync()
    {
        edits++;
        return Task.WhenAll(clouds.Select(cloud => World.EditAsync(cloud.Name, new JsonObject { ["tags"] = Tags(edits) })));
    }

    public Task InSyncAsync() => Task.WhenAll(images.Select(one => InSyncAsync(one.Cloud)));

    public async Task InSyncAsync(ShardCloud cloud)
    {
        await World.ReadyAsync(cloud.Name, "True");
        await World.TagsAsync(ImageOf(cloud), Steady, $"edit-{edits}");
    }

    public string ImageOf(ShardCloud cloud) => images.Single(one => one.Cloud == cloud).Edited;

    /// <summary>The names of the processes that wrote to the image, in order: one that takes turns with another is there several
    /// times.</summary>
    public async Task<IReadOnlyList<string>> WritersAsync(string image)
    {
        List<string> writers = [];
        foreach (var entry in await CallsAsync(image))
        {
            if (entry.IsWrite && writers.LastOrDefault() != NameOf(entry)) writers.Add(NameOf(entry));
        }

        return writers;
    }

    /// <summary>The names of the processes that sent any request about the image.</summary>
    public async Task<IReadOnlyList<string>> CallersAsync(string image) => [.. (await CallsAsync(image)).Select(NameOf).Distinct()];

    /// <summary>The names of the processes that wrote the status of the set, as in <see cref="WritersAsync"/>.</summary>
    public async Task<IReadOnlyList<string>> ReportersAsync(string set)
    {
        List<string> reporters = [];
        foreach (var entry in await World.AuditAsync())
        {
            if (entry.Object != $"imagetagsets/{set}/status" || !entry.IsWrite) continue;
            var name = replicas.Single(one => one.Value.User == entry.User).Key;
            if (reporters.LastOrDefault() != name) reporters.Add(name);
        }

        return reporters;
    }

    /// <summary>No write was done twice, and none removed a tag that was declared.</summary>
    public async Task NoNeedlessWritesAsync()
    {
        foreach (var (_, edited, resting) in images)
        {
            Assert.Equal([$"PUT /v2/images/{resting}/tags/{Steady}"], await WritesAsync(resting));
            var writes = await WritesAsync(edited);
            Assert.Equal(writes.Distinct(), writes);
            Assert.DoesNotContain($"DELETE /v2/images/{edited}/tags/{Steady}", writes);
            Assert.DoesNotContain($"DELETE /v2/images/{edited}/tags/edit-{edits}", writes);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        foreach (var replica in replicas.Values) replica.Dispose();
        foreach (var cloud in clouds) await cloud.DisposeAsync();
    }

    private async Task AddSetsAsync(ShardCloud cloud)
    {
        await World.Kubernetes.CreateAsync(new V1Secret
        {
            Metadata = new() { Name = cloud.Name, NamespaceProperty = World.Namespace },
            StringData = new Dictionary<string, string> { ["clouds.yaml"] = cloud.CloudsYaml },
        });
        var (edited, resting) = (await World.Glance.CreateImageAsync("edited"), await World.Glance.CreateImageAsync("resting"));
        await World.CreateAsync(Set(cloud, cloud.Name, edited, Steady, $"edit-{edits}"));
        await World.CreateAsync(Set(cloud, $"{cloud.Name}-resting", resting, Steady));
        lock (images) images.Add((cloud, edited, resting));
    }

    private V1Alpha1ImageTagSet Set(ShardCloud cloud, string name, string image, params string[] tags)
    {
        var set = World.Set(name, image, tags);
        set.Spec.CloudCredentialsRef.SecretName = cloud.Name;
        return set;
    }

    private async Task<IReadOnlyList<string>> WritesAsync(string image) =>
        [.. (await CallsAsync(image)).Where(entry => entry.IsWrite && entry.Status < 400).Select(entry => entry.Call)];

    private async Task<IEnumerable<GlanceEntry>> CallsAsync(string image) =>
        (await World.GlanceAsync())
            .Where(entry => entry.Call.Contains(image, StringComparison.Ordinal) && !RealWorld.IsOfWholeCloud(entry.Call));

    private string NameOf(GlanceEntry entry) => replicas.SingleOrDefault(one => one.Value.RequestIds == entry.Sender).Key ?? entry.Sender;

    private static JsonArray Tags(int edit) => [Steady, $"edit-{edit}"];
}
