using ImageTagOperator.Reconciliation;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Sharding;

/// <summary>Several processes share the sets by cloud.</summary>
public sealed class ShardingTests
{
    [Fact]
    public async Task Each_set_is_reconciled_by_the_shard_of_its_cloud_and_counted_once()
    {
        await using var cluster = await ShardedCluster.StartAsync();
        await cluster.AddCloudsAsync(2);
        var (first, second) = (await cluster.StartAsync("0/2"), await cluster.StartAsync("1/2"));
        var sets = new List<(string Name, SandboxImage Image)>();
        foreach (var cloud in cluster.Clouds)
        {
            for (var i = 0; i < 4; i++)
            {
                var image = cloud.AddImage($"image-{i}");
                sets.Add(($"{ShardedCluster.SecretOf(cloud)}-{i}", image));
                cluster.AddSet(sets[^1].Name, ShardedCluster.SecretOf(cloud), image, "golden");
            }
        }

        cluster.AddSet("no-secret", "missing", sets[0].Image, "golden");
        foreach (var (name, image) in sets)
        {
            await cluster.ReasonAsync(name, "InSync");
            Assert.Equal(["golden"], image.Tags);
        }

        await cluster.ReasonAsync("no-secret", "SecretNotFound");
        foreach (var cloud in cluster.Clouds)
        {
            var owner = new Shard(0, 2).Owns(cluster.IdentityOf(cloud)) ? "0/2" : "1/2";
            Assert.Equal([owner], cluster.Writes.Of(new Uri(cloud.Url).Authority).Select(write => write.Process).Distinct());
        }

        Assert.Equal(sets.Count, cluster.Writes.All.Count);
        Assert.Single(
            new[] { first, second },
            process => process.Log.Entries.Any(entry => entry.Message.Contains("no-secret", StringComparison.Ordinal)
                && entry.Message.Contains("SecretNotFound", StringComparison.Ordinal)));
        await Eventually.TrueAsync(
            () => first.Sum("imagetags_sets") + second.Sum("imagetags_sets") == sets.Count + 1, "each set is counted once");
        await Eventually.TrueAsync(
            () => first.Sum("imagetags_images") + second.Sum("imagetags_images") == sets.Count, "each image is counted once");
        foreach (var process in new[] { first, second })
        {
            var idle = process.Metrics.Split('\n').Where(line => line.StartsWith("imagetags_reconciles_total{", StringComparison.Ordinal)
                && !line.EndsWith(" 0", StringComparison.Ordinal)).Where(line => !line.Contains("reason=", StringComparison.Ordinal));
            Assert.Empty(idle);
        }

        Assert.Contains("imagetags_leader{lease=\"image-tag-operator-1\"} 1", second.Metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_addresses_of_one_cloud_are_in_one_shard()
    {
        await using var cluster = await ShardedCluster.StartAsync();
        await cluster.AddCloudsAsync(2);
        await cluster.StartAsync("0/2");
        await cluster.StartAsync("1/2");
        foreach (var cloud in cluster.Clouds)
        {
            cloud.InternalHost = "localhost";
            var other = ShardedCluster.SecretOf(cloud) + "-internal";
            cluster.AddSecret(other, cloud.CloudsYaml.Replace("auth:", "interface: internal\n    auth:", StringComparison.Ordinal));
            var image = cloud.AddImage("shared");
            cluster.AddSet(ShardedCluster.SecretOf(cloud), ShardedCluster.SecretOf(cloud), image, "golden");
            cluster.AddSet(other, other, image, "lts");
            await ShardedCluster.TaggedAsync(image, "golden", "lts");
            await cluster.ReasonAsync(other, "InSync");
            var port = $":{new Uri(cloud.Url).Port}";
            var writes = cluster.Writes.All.Where(write => write.Cloud.EndsWith(port, StringComparison.Ordinal)).ToArray();
            Assert.Equal(2, writes.Select(write => write.Cloud).Distinct().Count());
            Assert.Single(writes.Select(write => write.Process).Distinct());
        }
    }

    [Fact]
    public async Task A_set_that_moves_to_a_cloud_of_another_shard_leaves_the_old_one_by_its_own_shard()
    {
        await using var cluster = await ShardedCluster.StartAsync();
        await cluster.AddCloudsAsync(2);
        await cluster.StartAsync("0/2");
        await cluster.StartAsync("1/2");
        var (from, to) = (cluster.CloudOf(0, 2), cluster.CloudOf(1, 2));
        var (old, next) = (from.AddImage("old", "foreign"), to.AddImage("next", "foreign"));
        cluster.AddSet("moving", ShardedCluster.SecretOf(from), old, "golden");
        await ShardedCluster.TaggedAsync(old, "foreign", "golden");
        await cluster.ReasonAsync("moving", "InSync");
        cluster.AddSet("moving", ShardedCluster.SecretOf(to), next, "golden");
        await ShardedCluster.TaggedAsync(next, "foreign", "golden");
        await ShardedCluster.TaggedAsync(old, "foreign");
        await cluster.ReasonAsync("moving", "InSync");
        Assert.Equal(cluster.IdentityOf(to), (string?)cluster.StatusOf("moving")!["cloud"]);
        Assert.Equal(next.Id, (string?)Assert.Single(cluster.StatusOf("moving")!["images"]!.AsArray())!["id"]);
        Assert.Equal(["0/2"], cluster.Writes.Of(new Uri(from.Url).Authority).Select(write => write.Process).Distinct());
        Assert.Equal(["1/2"], cluster.Writes.Of(new Uri(to.Url).Authority).Select(write => write.Process).Distinct());
    }

    [Fact]
    public async Task A_Secret_that_leads_to_another_shard_removes_no_tags()
    {
        await using var cluster = await ShardedCluster.StartAsync();
        await cluster.AddCloudsAsync(2);
        await cluster.StartAsync("0/2");
        await cluster.StartAsync("1/2");
        var (from, to) = (cluster.CloudOf(0, 2), cluster.CloudOf(1, 2));
        var old = from.AddImage("same");
        var next = to.AddImage("same", old.Id, []);
        cluster.AddSecret("rotated", from.CloudsYaml);
        cluster.AddSet("kept", "rotated", old, "golden");
        await cluster.ReasonAsync("kept", "InSync");
        cluster.AddSecret("rotated", to.CloudsYaml);
        cluster.Request("kept");
        await ShardedCluster.TaggedAsync(next, "golden");
        await cluster.ReasonAsync("kept", "CloudChanged");
        Assert.Equal(["golden"], old.Tags);
        Assert.Equal(2, cluster.StatusOf("kept")!["images"]!.AsArray().Count);

        // The old Secret comes back, and with it the old shard.
        cluster.AddSecret("rotated", from.CloudsYaml);
        cluster.Request("kept");
        await Eventually.TrueAsync(
            () => (string?)cluster.StatusOf("kept")?["cloud"] == cluster.IdentityOf(from), "the set is back", seconds: 400);
        await cluster.ReasonAsync("kept", "CloudChanged");
        Assert.Equal(["golden"], next.Tags);
        Assert.Equal(2, cluster.Writes.All.Count);
    }

    [Fact]
    public async Task A_deleted_set_gives_up_its_tags_by_the_shard_of_its_cloud()
    {
        await using var cluster = await ShardedCluster.StartAsync();
        await cluster.AddCloudsAsync(2);
        await cluster.StartAsync("0/2");
        await cluster.StartAsync("1/2");
        foreach (var index in new[] { 0, 1 })
        {
            var cloud = cluster.CloudOf(index, 2);
            var image = cloud.AddImage("image");
            cluster.AddSet($"set-{index}", ShardedCluster.SecretOf(cloud), image, "golden");
            await cluster.ReasonAsync($"set-{index}", "InSync");
            cluster.Kubernetes.Delete("imagetagsets.imagetags.io", "default", $"set-{index}");
            await Eventually.TrueAsync(() => cluster.StatusOf($"set-{index}") is null, "the set is gone", seconds: 400);
            Assert.Empty(image.Tags);
            Assert.Equal([$"{index}/2"], cluster.Writes.Of(new Uri(cloud.Url).Authority).Select(write => write.Process).Distinct());
        }
    }

    [Fact]
    public async Task The_loss_of_a_shard_stops_its_clouds_only_until_another_process_has_its_lease()
    {
        await using var cluster = await ShardedCluster.StartAsync();
        await cluster.AddCloudsAsync(2);
        await cluster.StartAsync("0/2");
        var lost = await cluster.StartAsync("1/2");
        var images = new[] { 0, 1 }.Select(index => cluster.CloudOf(index, 2).AddImage("image")).ToArray();
        foreach (var index in new[] { 0, 1 }) Declare(index, "golden");
        foreach (var index in new[] { 0, 1 }) await cluster.ReasonAsync($"set-{index}", "InSync");
        await lost.StopAsync();
        Declare(0, "golden", "lts");
        Declare(1, "golden", "lts");
        await ShardedCluster.TaggedAsync(images[0], "golden", "lts");
        Assert.Equal(["golden"], images[1].Tags);

        await cluster.StartAsync("1/2");
        await ShardedCluster.TaggedAsync(images[1], "golden", "lts");

        void Declare(int index, params string[] tags) =>
            cluster.AddSet($"set-{index}", ShardedCluster.SecretOf(cluster.CloudOf(index, 2)), images[index], tags);
    }

    /// <summary>As a rolling update does it: the new processes run before the first of the old ones stops. Meanwhile all sets are edited
    /// all the time.</summary>
    [Theory]
    [InlineData(new[] { "0/2", "1/2" }, new[] { "0/3", "1/3", "2/3" })]
    [InlineData(new[] { "0/1" }, new[] { "0/2", "1/2" })]
    [InlineData(new[] { "0/2", "1/2" }, new[] { "0/1" })]
    public async Task While_the_number_of_shards_changes_no_two_processes_write_to_one_cloud(string[] before, string[] after)
    {
        await using var cluster = await ShardedCluster.StartAsync();
        await cluster.AddCloudsAsync(3);
        var images = cluster.Clouds.Select(cloud => (Cloud: cloud, Image: cloud.AddImage("image"))).ToArray();
        var old = new List<ShardedCluster.Process>();
        foreach (var shard in before) old.Add(await cluster.StartAsync(shard));
        foreach (var process in old) await process.LeadsAsync();
        var edits = 0;
        await EditAsync();
        var next = new List<ShardedCluster.Process>();
        foreach (var shard in after) next.Add(await cluster.StartAsync(shard));
        for (var i = 0; i < 3; i++) await EditAsync();
        Assert.DoesNotContain(next, process => process.IsLeader);
        foreach (var process in old)
        {
            await process.StopAsync();
            Declare();
        }

        foreach (var process in next) await process.LeadsAsync();
        for (var i = 0; i < 3; i++) await EditAsync();
        var writes = cluster.Writes.All;
        foreach (var (cloud, _) in images)
        {
            var authority = new Uri(cloud.Url).Authority;
            var of = writes.Select((write, number) => (Write: write, Number: number)).Where(one => one.Write.Cloud == authority).ToArray();
            var processes = of.Select(one => one.Write.Process).Distinct().ToArray();
            Assert.Equal(2, processes.Length);
            Assert.Contains(processes[0], before);
            Assert.Contains(processes[1], after);
            var last = of.Last(one => one.Write.Process == processes[0]);
            var first = of.First(one => one.Write.Process == processes[1]);
            Assert.True(last.Number < first.Number && last.Write.EndedBefore <= first.Number, $"{cloud.Url} had two writers");
        }

        void Declare()
        {
            edits++;
            foreach (var (cloud, image) in images) cluster.AddSet(
                ShardedCluster.SecretOf(cloud), ShardedCluster.SecretOf(cloud), image, "golden", $"edit-{edits}");
        }

        async Task EditAsync()
        {
            Declare();
            foreach (var (_, image) in images) await ShardedCluster.TaggedAsync(image, "golden", $"edit-{edits}");
        }
    }
}
