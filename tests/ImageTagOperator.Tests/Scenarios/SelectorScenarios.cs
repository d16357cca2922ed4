using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>Sets with selectors, and tags that move from one image to another.</summary>
public abstract class SelectorScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Theory]
    [InlineData(TagDeletionPolicy.Remove)]
    [InlineData(TagDeletionPolicy.Retain)]      // the policy applies when the set is deleted, not when it selects another image
    public async Task A_tag_moves_to_the_newest_image_and_is_always_on_an_image(TagDeletionPolicy deletion)
    {
        await using var world = await StartAsync();
        var images = new ConcurrentQueue<string>([await world.Glance.CreateImageAsync($"{world.Namespace}-build-1", "foreign")]);
        var set = Selecting(world, "moving", "stable");
        set.Spec.Image.Selector!.Newest = 1;
        set.Spec.DeletionPolicy = deletion;
        await world.CreateAsync(set);
        await world.ReadyAsync("moving", "True");

        using var stop = new CancellationTokenSource();
        var watching = WatchAsync(world, images, stop.Token);
        for (var build = 2; build <= 3; build++)
        {
            await NextSecondAsync();
            var (old, next) = (images.Last(), await world.Glance.CreateImageAsync($"{world.Namespace}-build-{build}"));
            images.Enqueue(next);
            await RequestAsync(world, "moving", build);
            await world.TagsAsync(next, "stable");
            await world.TagsAsync(old, build == 2 ? ["foreign"] : []);
        }

        await stop.CancelAsync();
        Assert.True(await watching > 0, "no search was made");
        // The status changes after the tags.
        var seen = await world.UntilAsync(
            () => world.GetAsync("moving"),
            set => set.Status.Images!.Select(image => image.Id).SequenceEqual([images.Last()]),
            "the last image alone to be in the status",
            set => $"there are {string.Join(", ", set.Status.Images!.Select(image => image.Id))}");
        Assert.Equal(("True", 1), (World.Ready(seen)!.Status, seen.Status.ImageCount));
    }

    [Fact]
    public async Task An_image_that_no_longer_matches_loses_the_managed_tags()
    {
        await using var world = await StartAsync();
        var stays = await world.Glance.CreateImageAsync($"{world.Namespace}-a");
        var leaves = await world.Glance.CreateImageAsync($"{world.Namespace}-b", "foreign");
        var other = await world.Glance.CreateImageAsync($"other-{world.Namespace}", "foreign");
        await world.CreateAsync(Selecting(world, "some", "golden", "lts"));
        var seen = await world.ReadyAsync("some", "True");
        Assert.Equal((2, 4), (seen.Status.ImageCount, seen.Status.TagCount));
        await world.TagsAsync(leaves, "foreign", "golden", "lts");

        await world.Glance.RenameAsync(leaves, $"renamed-{world.Namespace}");
        await world.TagsAsync(leaves, "foreign");
        await world.TagsAsync(stays, "golden", "lts");
        await world.TagsAsync(other, "foreign");
        Assert.Empty(await world.CloudCallsAsync(other));

        await world.DeleteAsync("some");
        await world.GoneAsync("some");
        await world.TagsAsync(stays);
    }

    [Fact]
    public async Task A_tag_stays_where_it_is_while_the_newest_image_cannot_have_it()
    {
        await using var world = await StartAsync();
        var old = await world.Glance.CreateImageAsync($"{world.Namespace}-build-1");
        var set = Selecting(world, "moving", "stable");
        set.Spec.Image.Selector!.Newest = 1;
        await world.CreateAsync(set);
        await world.ReadyAsync("moving", "True");
        await NextSecondAsync();

        // For the cloud's database the image has the tag already, and it rejects an equal one.
        var next = await world.Glance.CreateImageAsync($"{world.Namespace}-build-2", "STABLE");
        await RequestAsync(world, "moving", 1);
        await world.ReadyAsync("moving", "False", "TagCollision");
        await world.TagsAsync(old, "stable");
        await world.Glance.SetTagsAsync(next);
        await world.TagsAsync(next, "stable");
        await world.TagsAsync(old);
    }

    [Fact]
    public async Task A_selector_that_matches_nothing_yet_is_Ready_with_a_message()
    {
        await using var world = await StartAsync();
        await world.CreateAsync(Selecting(world, "none", "golden"));
        var seen = await world.ReadyAsync("none", "True");
        Assert.Equal(0, seen.Status.ImageCount);
        Assert.Contains("No image matches", World.Ready(seen)!.Message, StringComparison.Ordinal);

        var image = await world.Glance.CreateImageAsync($"{world.Namespace}-late");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task Required_tags_and_properties_filter_the_images()
    {
        await using var world = await StartAsync();
        var chosen = await world.Glance.CreateImageAsync($"{world.Namespace}-chosen", "tested");
        var untested = await world.Glance.CreateImageAsync($"{world.Namespace}-untested");
        var foreign = await world.Glance.CreateImageAsync($"{world.Namespace}-foreign", "tested");
        await world.Glance.SetPropertyAsync(chosen, "os_distro", "ubuntu");
        await world.Glance.SetPropertyAsync(foreign, "os_distro", "debian");
        var set = Selecting(world, "choosing", "golden");
        set.Spec.Image.Selector!.Tags = ["tested"];
        set.Spec.Image.Selector!.Properties = new Dictionary<string, string> { ["os_distro"] = "ubuntu" };
        await world.CreateAsync(set);
        await world.ReadyAsync("choosing", "True");
        await world.TagsAsync(chosen, "golden", "tested");
        await world.TagsAsync(untested);
        await world.TagsAsync(foreign, "tested");
    }

    /// <summary>Selects all images whose names begin with the namespace's name.</summary>
    private static V1Alpha1ImageTagSet Selecting(World world, string name, params string[] tags)
    {
        var set = world.Set(name, "unused", tags);
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = [$"{world.Namespace}-*"] } };
        set.Spec.Policy = TagPolicy.Additive;
        return set;
    }

    /// <summary>Creation times of images have a precision of one second.</summary>
    private static Task NextSecondAsync()
    {
        var start = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Eventually.HoldsAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()), now => now > start,
            "the next second", now => $"it is {now}");
    }

    private static Task RequestAsync(World world, string name, int number) => world.Kubernetes.PatchAsync<V1Alpha1ImageTagSet>(
        new NamespacedName(world.Namespace, name),
        new JsonObject { ["metadata"] = new JsonObject { [
            "annotations"] = new JsonObject { [V1Alpha1ImageTagSet.RequestedAtAnnotation] = $"{number}" } } });

    /// <summary>Searches for the tag repeatedly, and returns the number of searches. Old images come first, because the tag moves from old
    /// to new: when it has left an image, a later image has it.</summary>
    private static async Task<int> WatchAsync(World world, ConcurrentQueue<string> images, CancellationToken stop)
    {
        var searches = 0;
        for (; !stop.IsCancellationRequested; searches++)
        {
            var tagged = 0;
            // By index: an enumeration would miss an image that is added meanwhile.
            for (var i = 0; i < images.Count; i++) tagged += (await world.Glance.GetTagsAsync(images.ElementAt(i))).Contains("stable") ? 1
                : 0;
            Assert.True(tagged > 0, $"no image had the tag in search number {searches}");
        }

        return searches;
    }
}
