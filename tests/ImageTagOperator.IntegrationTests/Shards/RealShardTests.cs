using ImageTagOperator.IntegrationTests.Replicas;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Shards;

/// <summary>Several processes of the operator, which share the sets by cloud.</summary>
public sealed class RealShardTests
{
    [Fact]
    public async Task Each_set_is_reconciled_by_the_shard_of_its_cloud_and_by_the_next_process_when_that_has_stopped()
    {
        await using var sharded = await ShardedSets.CreateAsync(2);
        var (first, second) = (await sharded.StartAsync("first", "0/2"), await sharded.StartAsync("second", "1/2"));
        await sharded.InSyncAsync();

        Assert.Equal(first.Identity, await sharded.HolderAsync("image-tag-operator-0"));
        Assert.Equal(second.Identity, await sharded.HolderAsync("image-tag-operator-1"));
        Assert.Equal("2-shards", await sharded.HolderAsync("image-tag-operator"));
        foreach (var (cloud, edited, resting) in sharded.Images)
        {
            await sharded.World.ReadyAsync($"{cloud.Name}-resting", "True");
            foreach (var image in new[] { edited, resting })
            {
                Assert.Equal([Owner(cloud)], await sharded.CallersAsync(image));
            }

            // The shard of the set's name finds out its cloud.
            var reporters = await sharded.ReportersAsync(cloud.Name);
            Assert.InRange(reporters.Count, 1, 2);
            Assert.Equal(Owner(cloud), reporters[^1]);
        }

        // Each counts its own sets.
        foreach (var (replica, name) in new[] { (first, "first"), (second, "second") })
        {
            var own = 2 * sharded.Images.Count(one => Owner(one.Cloud) == name);
            await sharded.World.UntilAsync(
                () => SetsAsync(replica), sets => sets == own, $"{name} to count {own} sets", sets => $"it counts {sets}");
        }

        Assert.Equal(0, await second.Process.StopAsync());
        await sharded.DeclareAsync();
        foreach (var (cloud, edited, _) in sharded.Images)
        {
            if (Owner(cloud) == "first") await sharded.InSyncAsync(cloud);
            else Assert.Contains("edit-0", await sharded.World.Glance.GetTagsAsync(edited));
        }

        await sharded.StartAsync("third", "1/2");
        await sharded.InSyncAsync();
        foreach (var (cloud, edited, _) in sharded.Images)
        {
            string[] writers = Owner(cloud) == "first" ? ["first"] : ["second", "third"];
            Assert.Equal(writers, await sharded.WritersAsync(edited));
        }

        await sharded.NoNeedlessWritesAsync();

        static string Owner(ShardCloud cloud) => cloud.ShardAmong(2) == "0/2" ? "first" : "second";
    }

    /// <summary>As a rolling update does it: the new processes run before the first of the old ones stops. Every stop comes in the middle
    /// of work.</summary>
    [Fact]
    public async Task When_the_number_of_shards_changes_sets_keep_their_tags_and_no_image_has_two_writers()
    {
        await using var sharded = await ShardedSets.CreateAsync(2, 3);
        Replica[] two = [await sharded.StartAsync("0-of-2", "0/2"), await sharded.StartAsync("1-of-2", "1/2")];
        await sharded.InSyncAsync();
        Replica[] one = [await sharded.StartAsync("0-of-1", "0/1")];
        await HandOverAsync(sharded, two, one);
        Assert.Equal(one[0].Identity, await sharded.HolderAsync("image-tag-operator"));
        Replica[] three =
        [
            await sharded.StartAsync("0-of-3", "0/3"), await sharded.StartAsync("1-of-3", "1/3"), await sharded.StartAsync("2-of-3", "2/3"),
        ];
        await HandOverAsync(sharded, one, three);
        Assert.Equal("3-shards", await sharded.HolderAsync("image-tag-operator"));

        foreach (var (cloud, edited, _) in sharded.Images)
        {
            Assert.Equal([Name(cloud.ShardAmong(2)), "0-of-1", Name(cloud.ShardAmong(3))], await sharded.WritersAsync(edited));
        }

        await sharded.NoNeedlessWritesAsync();

        static string Name(string shard) => shard.Replace("/", "-of-", StringComparison.Ordinal);
    }

    private static async Task HandOverAsync(ShardedSets sharded, Replica[] old, Replica[] next)
    {
        foreach (var replica in old)
        {
            Assert.DoesNotContain(next, sharded.Works);
            await sharded.DeclareAsync();
            Assert.Equal(0, await replica.Process.StopAsync());
        }

        await sharded.DeclareAsync();
        foreach (var replica in next) await sharded.WorksAsync(replica);
        await sharded.InSyncAsync();
    }

    /// <summary>The sum of the sets over all states.</summary>
    private static async Task<double> SetsAsync(Replica replica)
    {
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(replica.Process.HealthUrl + "/metrics"), TestContext.Current.CancellationToken);
        return metrics.Split('\n').Where(line => line.StartsWith("imagetags_sets{", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
    }
}
