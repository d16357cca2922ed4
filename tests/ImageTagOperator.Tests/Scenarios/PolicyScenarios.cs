using System.Text.Json.Nodes;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>Modes, limits, and sets that share an image.</summary>
public abstract class PolicyScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Fact]
    public async Task Observe_reports_and_writes_nothing_to_the_cloud()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("observed", "foreign");
        var set = world.Set("observed", image, "golden");
        set.Spec.Mode = TagSetMode.Observe;
        await world.CreateAsync(set);
        var seen = await world.ReadyAsync("observed", "False", "Drifted");
        Assert.Equal("True", World.Condition(seen, "Drifted")!.Status);
        Assert.Equal(["golden"], seen.Status.Images![0].Pending!.Add);
        Assert.Equal(["foreign"], seen.Status.Images![0].Pending!.Remove);

        await world.DeleteAsync("observed");
        await world.GoneAsync("observed");
        Assert.Equal(["foreign"], await world.Glance.GetTagsAsync(image));
        Assert.All(await world.CloudCallsAsync(image), call => Assert.StartsWith("GET ", call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_suspended_set_is_not_reconciled_until_it_is_resumed()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("suspended");
        var set = world.Set("suspended", image, "golden");
        set.Spec.Suspend = true;
        await world.CreateAsync(set);
        await world.ReadyAsync("suspended", "Unknown", "Suspended");
        Assert.Empty(await world.CloudCallsAsync(image));

        await world.EditAsync("suspended", new JsonObject { ["suspend"] = false });
        await world.ReadyAsync("suspended", "True");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task More_removals_than_allowed_block_all_writes()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("limited", "a", "b", "c");
        var set = world.Set("limited", image, "golden");
        set.Spec.MaxRemovals = 2;
        await world.CreateAsync(set);
        var seen = await world.ReadyAsync("limited", "False", "RemovalLimitExceeded");
        Assert.Contains("3 tags", World.Ready(seen)!.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "c"], (await world.Glance.GetTagsAsync(image)).Order());

        await world.EditAsync("limited", new JsonObject { ["maxRemovals"] = 3 });
        await world.ReadyAsync("limited", "True");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task The_older_Exact_set_on_an_image_wins_and_the_other_set_takes_over_when_it_is_deleted()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("contested");
        await world.CreateAsync(world.Set("a-older", image, "golden"));
        await world.ReadyAsync("a-older", "True");
        await world.CreateAsync(world.Set("b-younger", image, "lts"));

        var loser = await world.ReadyAsync("b-younger", "False", "Conflict");
        Assert.Contains($"{world.Namespace}/a-older", World.Ready(loser)!.Message, StringComparison.Ordinal);
        Assert.Equal(["golden"], await world.Glance.GetTagsAsync(image));

        await world.DeleteAsync("a-older");
        await world.ReadyAsync("b-younger", "True");
        await world.TagsAsync(image, "lts");
    }

    [Fact]
    public async Task Additive_sets_share_an_image_and_a_tag_is_removed_with_the_last_set_that_declares_it()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("shared", "foreign");
        foreach (var (name, tags) in new[] { ("first", new[] { "common", "one" }), ("second", ["common", "two"]) })
        {
            var set = world.Set(name, image, tags);
            set.Spec.Policy = TagPolicy.Additive;
            await world.CreateAsync(set);
            await world.ReadyAsync(name, "True");
        }

        await world.TagsAsync(image, "common", "foreign", "one", "two");
        await world.DeleteAsync("first");
        await world.GoneAsync("first");
        await world.TagsAsync(image, "common", "foreign", "two");
        await world.DeleteAsync("second");
        await world.GoneAsync("second");
        await world.TagsAsync(image, "foreign");
    }

    [Fact]
    public async Task Contention_over_a_tag_is_reported_and_the_operator_pauses()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("contended");
        await world.CreateAsync(world.Set("contended", image, "golden"));
        for (var undone = 0; undone < 3; undone++)
        {
            // A tag that is removed sooner would count as a write that the cloud lost.
            await world.WaitForEventsAsync("TagsAdded", undone + 1);
            await world.Glance.SetTagsAsync(image);
            await world.RequestAsync("contended", $"{undone}");
        }

        var seen = await world.ReadyAsync("contended", "False", "Contended");
        Assert.Contains("removes tag 'golden'", World.Ready(seen)!.Message, StringComparison.Ordinal);
        await world.TagsAsync(image, "golden");
        await world.Glance.SetTagsAsync(image);
        var calls = (await world.CloudCallsAsync(image)).Count;
        await world.RequestAsync("contended", "again");
        await world.UntilAsync(() => world.GetAsync("contended"), set => set.Status.Images![0].Pending is not null,
            "the change to be pending", _ => "it is not");
        Assert.DoesNotContain((await world.CloudCallsAsync(image)).Skip(calls), call => call.StartsWith("PUT ", StringComparison.Ordinal));

        // A new declaration starts again.
        await world.EditAsync("contended", new JsonObject { ["tags"] = new JsonArray("golden", "lts") });
        await world.TagsAsync(image, "golden", "lts");
        await world.ReadyAsync("contended", "True");
    }

    [Fact]
    public async Task A_set_that_changes_its_policy_keeps_its_managed_tags_and_keeps_or_removes_the_others()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("switched", "before");
        await world.CreateAsync(world.Set("switched", image, "golden", "lts"));
        await world.ReadyAsync("switched", "True");
        await world.TagsAsync(image, "golden", "lts");

        await world.EditAsync("switched", new JsonObject { ["policy"] = "Additive" });
        await world.ReadyAsync("switched", "True");
        await world.Glance.SetTagsAsync(image, "golden", "lts", "foreign");
        await world.EditAsync("switched", new JsonObject { ["tags"] = new JsonArray("lts") });
        await world.ReadyAsync("switched", "True");
        await world.TagsAsync(image, "foreign", "lts");

        await world.EditAsync("switched", new JsonObject { ["policy"] = "Exact" });
        await world.ReadyAsync("switched", "True");
        await world.TagsAsync(image, "lts");
    }
}
