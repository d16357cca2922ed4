using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>Other clients write to the same images, and Glance loses some of the concurrent writes.</summary>
public abstract class ContentionScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    private static readonly string[] Declared = ["golden", "lts", "cis-2026.1", "tested", "stable"];

    [Fact]
    public async Task All_declared_tags_are_finally_set_while_another_client_writes_to_the_same_images()
    {
        await using var world = await CreateWorldAsync();
        var images = new List<string>();
        foreach (var some in Enumerable.Range(0, world.Many).Chunk(4))
        {
            images.AddRange(await Task.WhenAll(some.Select(number => world.Glance.CreateImageAsync($"{world.Namespace}-{number}"))));
        }

        using var stop = new CancellationTokenSource();
        using var other = await GlanceClient.LoginAsync(world.CloudsYaml, "demo");
        var noise = WriteAsync(other, images, stop.Token);
        var set = world.Set("contended", "unused", Declared);
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = [$"{world.Namespace}-*"] } };
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        await world.StartOperatorAsync();
        await world.UntilAsync(
            () => world.GetAsync("contended"),
            seen => seen.Status.LastSyncTime is not null,
            "the first round of changes",
            seen => $"its condition is {World.Ready(seen)?.Message}");
        await stop.CancelAsync();
        Assert.True(await noise > 0, "the other client wrote nothing");

        var ready = await world.ReadyAsync("contended", "True");
        Assert.Equal(world.Many, ready.Status.ImageCount);
        foreach (var image in images)
        {
            Assert.Equal(Declared.Order(), (await world.Glance.GetTagsAsync(image)).Intersect(Declared).Order());
            Assert.Equal("active", await world.Glance.GetStatusAsync(image));
        }
    }

    [Fact]
    public async Task A_slow_upload_is_not_disturbed()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateQueuedImageAsync("uploading");
        var go = new TaskCompletionSource();
        var upload = world.Glance.UploadAsync(image, go.Task);
        await world.CreateAsync(world.Set("uploading", image, "golden"));
        await world.ReadyAsync("uploading", "False", "ImageNotActive");
        Assert.DoesNotContain(await world.CloudCallsAsync(image), call => call.Contains("/tags/", StringComparison.Ordinal));
        go.SetResult();
        await upload;
        await world.TagsAsync(image, "golden");
        Assert.Equal("active", await world.Glance.GetStatusAsync(image));
    }

    /// <summary>Adds its own tags to random images, and removes them again. Returns the number of its calls.</summary>
    private static async Task<int> WriteAsync(GlanceClient client, List<string> images, CancellationToken stop)
    {
        var random = new Random(1);
        var calls = 0;
        for (; !stop.IsCancellationRequested; calls++)
        {
            var method = random.Next(2) == 0 ? HttpMethod.Put : HttpMethod.Delete;
            await client.TryWriteTagAsync(method, images[random.Next(images.Count)], $"theirs-{random.Next(3)}");
        }

        return calls;
    }
}
