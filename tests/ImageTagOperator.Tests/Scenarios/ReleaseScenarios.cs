using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>When a tag is released, and when it is not.</summary>
public abstract class ReleaseScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Theory]
    [InlineData("selector edited")]
    [InlineData("name becomes selector")]
    [InlineData("another cloudName")]
    public async Task Retain_keeps_the_tags_on_images_that_an_edit_releases(string how)
    {
        await using var world = await StartAsync();
        using var other = await GlanceClient.LoginAsync(world.CloudsYaml, "other");
        var (before, after) = ($"{world.Namespace}-22", $"{world.Namespace}-24");
        var (old, next) = (await world.Glance.CreateImageAsync(before), await world.Glance.CreateImageAsync(after));
        var others = await other.CreateImageAsync(before);
        var set = world.Set("kept", before, "golden");
        (set.Spec.Policy, set.Spec.DeletionPolicy) = (TagPolicy.Additive, TagDeletionPolicy.Retain);
        if (how == "selector edited") set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = [before + "*"] } };
        await world.CreateAsync(set);
        await world.ReadyAsync("kept", "True");
        await world.TagsAsync(old, "golden");

        if (how == "another cloudName") await world.EditAsync(
            "kept", new() { ["cloudCredentialsRef"] = new JsonObject { ["cloudName"] = "other" } });
        else await world.EditAsync("kept", new() { ["image"] = new JsonObject { ["name"] = null,
            ["selector"] = new JsonObject { ["names"] = new JsonArray(after + "*") } } });
        var seen = await world.ReadyAsync("kept", "True");
        if (how == "another cloudName") await world.TagsAsync(other, others, "golden");
        else await world.TagsAsync(next, "golden");
        Assert.Contains($"golden on image {old}", Assert.Single(await world.WaitForEventsAsync("TagsRetained")), StringComparison.Ordinal);
        Assert.DoesNotContain(seen.Status.Images!, image => image.Id == old);
        Assert.Equal(["golden"], await world.Glance.GetTagsAsync(old));
        await other.DeleteCreatedAsync();
    }

    [Fact]
    public async Task A_moving_tag_stays_on_its_last_images_when_nothing_matches_any_more()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync($"{world.Namespace}-build-1", "tested");
        var set = world.Set("moving", "unused", "stable");
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = [$"{world.Namespace}-*"], Tags = ["tested"],
            Newest = 1 } };
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        await world.ReadyAsync("moving", "True");
        await world.TagsAsync(image, "stable", "tested");

        await world.Glance.SetTagsAsync(image, "stable");
        var seen = await world.ReadyAsync("moving", "False", "NoImageMatches");
        Assert.Contains("The last ones keep the tags", World.Ready(seen)!.Message, StringComparison.Ordinal);
        Assert.Equal("True", World.Condition(seen, "Stalled")!.Status);
        Assert.Equal(["stable"], seen.Status.Images!.Single().ManagedTags);
        Assert.Equal(["stable"], await world.Glance.GetTagsAsync(image));

        // The next image takes the tag over, and deleting the set removes it.
        var next = await world.Glance.CreateImageAsync($"{world.Namespace}-build-2", "tested");
        await world.TagsAsync(next, "stable", "tested");
        await world.TagsAsync(image);
        await world.ReadyAsync("moving", "True");
    }

    [Fact]
    public async Task A_selector_that_matches_nothing_any_more_is_reported_and_releases_the_tags()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync($"{world.Namespace}-a", "foreign");
        var set = world.Set("some", "unused", "golden");
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = [$"{world.Namespace}-*"] } };
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        await world.ReadyAsync("some", "True");
        await world.Glance.RenameAsync(image, $"renamed-{world.Namespace}");
        await world.TagsAsync(image, "foreign");
        await world.ReadyAsync("some", "False", "NoImageMatches");
        await world.Glance.RenameAsync(image, $"{world.Namespace}-again");
        await world.TagsAsync(image, "foreign", "golden");
        await world.ReadyAsync("some", "True");
    }
}
