using System.Diagnostics;
using System.Text.Json.Nodes;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>The image gets the declared tags, and nothing else changes.</summary>
public abstract class DeclarationScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Fact]
    public async Task A_declared_tag_appears_and_one_no_longer_declared_disappears()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync($"ubuntu-{world.Namespace}");

        await world.CreateAsync(world.Set("ubuntu", $"ubuntu-{world.Namespace}", "golden", "lts"));
        var set = await world.ReadyAsync("ubuntu", "True", "InSync");
        await world.TagsAsync(image, "golden", "lts");
        Assert.Equal(["golden", "lts"], set.Status.Images![0].ManagedTags);
        Assert.Equal((1, 2), (set.Status.ImageCount, set.Status.TagCount));

        await world.EditAsync("ubuntu", new JsonObject { ["tags"] = new JsonArray("golden", "2026.1") });
        await world.ReadyAsync("ubuntu", "True");
        await world.TagsAsync(image, "golden", "2026.1");
    }

    [Fact]
    public async Task Foreign_tags_are_removed_under_Exact_and_stay_under_Additive()
    {
        await using var world = await StartAsync();
        var exact = await world.Glance.CreateImageAsync("exact", "foreign");
        var additive = await world.Glance.CreateImageAsync("additive", "foreign");

        await world.CreateAsync(world.Set("exact", exact, "golden"));
        var set = world.Set("additive", additive, "golden", "lts");
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);

        await world.ReadyAsync("exact", "True");
        await world.ReadyAsync("additive", "True");
        await world.TagsAsync(exact, "golden");
        await world.TagsAsync(additive, "foreign", "golden", "lts");

        await world.EditAsync("additive", new JsonObject { ["tags"] = new JsonArray("golden") });
        await world.ReadyAsync("additive", "True");
        await world.TagsAsync(additive, "foreign", "golden");
    }

    [Fact]
    public async Task Ignored_tags_stay_under_Exact()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("ignored", "build-17", "foreign");
        var set = world.Set("ignored", image, "golden");
        set.Spec.IgnoreTags = ["build-*"];
        await world.CreateAsync(set);
        await world.ReadyAsync("ignored", "True");
        await world.TagsAsync(image, "build-17", "golden");
    }

    [Fact]
    public async Task A_tag_that_another_client_deletes_is_added_again_within_the_interval()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("drift");
        await world.CreateAsync(world.Set("drift", image, "golden", "lts"));
        await world.ReadyAsync("drift", "True");

        await world.Glance.SetTagsAsync(image, "lts", "intruder");
        await world.TagsAsync(image, "golden", "lts");
        Assert.Contains($"Put back golden, which somebody had removed, on image 'drift' ({image}).", await world.WaitForEventsAsync("TagsAdded", 2));
    }

    [Fact]
    public async Task The_requested_at_annotation_triggers_a_reconcile_at_once()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("requested");
        var set = world.Set("requested", image, "golden");
        set.Spec.Interval = "24h";
        await world.CreateAsync(set);
        await world.ReadyAsync("requested", "True");

        await world.Glance.SetTagsAsync(image);
        await world.RequestAsync("requested", "now");
        await world.TagsAsync(image, "golden");
    }

    [Theory]
    [InlineData(TagPolicy.Exact)]
    [InlineData(TagPolicy.Additive)]
    public async Task Images_with_tags_that_no_call_can_name_survive(TagPolicy policy)
    {
        string[] hostile = ["..", ".", "a/b", "ü", ""];
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("hostile", [.. hostile, "%2e%2e", "plain"]);
        var set = world.Set("hostile", image, "golden");
        set.Spec.Policy = policy;
        await world.CreateAsync(set);

        if (policy == TagPolicy.Exact)
        {
            var seen = await world.ReadyAsync("hostile", "False", "TagNotRemovable");
            Assert.All(hostile, tag => Assert.Contains($"'{tag}'", World.Ready(seen)!.Message, StringComparison.Ordinal));
            Assert.Equal(hostile.Where(tag => tag.Length > 0).Order(StringComparer.Ordinal), seen.Status.Images![0].Pending!.Remove);
            await world.TagsAsync(image, [.. hostile, "golden"]);
        }
        else
        {
            await world.ReadyAsync("hostile", "True");
            await world.TagsAsync(image, [.. hostile, "%2e%2e", "plain", "golden"]);
        }

        await world.DeleteAsync("hostile");
        await world.GoneAsync("hostile");
        await world.TagsAsync(image, policy == TagPolicy.Exact ? hostile : [.. hostile, "%2e%2e", "plain"]);
        Assert.Equal("hostile", await world.Glance.GetNameAsync(image));

        var calls = await world.CloudCallsAsync(image);
        var path = $"/v2/images/{image}";
        Assert.All(calls, call => Assert.Matches($"^(GET [^ ]*{path} 200|(PUT|DELETE) [^ ]*{path}/tags/[^/ ]+ 204)$", call));
        Assert.Equal(policy == TagPolicy.Exact, calls.Any(call => call.Contains("/tags/%252e%252e", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_reconcile_without_drift_writes_nothing()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("steady");
        await world.CreateAsync(world.Set("steady", image, "golden"));
        await world.ReadyAsync("steady", "True");
        // Events are sent in the background: the one about the tags may arrive after Ready.
        var writes = await world.UntilAsync(
            world.OperatorWritesAsync,
            now => now.Any(write => write.StartsWith("create events", StringComparison.Ordinal)),
            "the Event about the tags",
            now => string.Join("; ", now));
        var calls = await world.CloudCallsAsync(image);

        // Two more reconciles, seen by their reads.
        var later = await world.UntilAsync(
            () => world.CloudCallsAsync(image),
            now => now.Count >= calls.Count + 2,
            "two more looks at the image",
            now => $"there were only {now.Count - calls.Count}");
        Assert.All(later.Skip(calls.Count), call => Assert.StartsWith("GET ", call, StringComparison.Ordinal));
        Assert.Equal(writes, await world.OperatorWritesAsync());
    }

    [Fact]
    public async Task One_change_costs_the_writes_it_needs_and_two_reads()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("cheap", "old");
        var clock = Stopwatch.StartNew();
        await world.CreateAsync(world.Set("cheap", image, "golden", "lts"));
        await world.ReadyAsync("cheap", "True");
        var verbs = (await world.CloudCallsAsync(image)).Select(call => call.Split(' ')[0]).ToList();
        // When more than five seconds pass between the first read and the writes, one more read is correct.
        if (clock.Elapsed > TimeSpan.FromSeconds(5) && verbs[1] == "GET") verbs.RemoveAt(1);
        Assert.Equal(["GET", "PUT", "PUT", "DELETE", "GET"], verbs.Take(5));
        Assert.Equal(
            2, (await world.OperatorWritesAsync()).Count(write => write.Contains("imagetagsets/cheap/status", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Pointing_a_set_to_another_image_removes_the_managed_tags_from_the_old_one()
    {
        await using var world = await StartAsync();
        var old = await world.Glance.CreateImageAsync("old", "kept");
        var next = await world.Glance.CreateImageAsync("next");
        var set = world.Set("moving", old, "stable");
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        await world.ReadyAsync("moving", "True");

        await world.EditAsync("moving", new JsonObject { ["image"] = new JsonObject { ["id"] = next } });
        var seen = await world.ReadyAsync("moving", "True");
        await world.TagsAsync(next, "stable");
        await world.TagsAsync(old, "kept");
        Assert.Equal([next], seen.Status.Images!.Select(state => state.Id));
    }
}
