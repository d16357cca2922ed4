using System.Text.Json.Nodes;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>The content and number of Events.</summary>
public abstract class EventScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Fact]
    public async Task Changes_rejections_and_recovery_are_reported_with_the_tags_and_the_image()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("told", "a", "b");
        var set = world.Set("told", image, "golden");
        set.Spec.MaxRemovals = 1;
        await world.CreateAsync(set);
        var refused = Assert.Single(await world.WaitForEventsAsync("RemovalLimitExceeded"));
        Assert.Equal(
            $"2 tags (a, b) would be removed from image 'told' ({image}), and spec.maxRemovals is 1; nothing was changed. Raise it to 2, "
            + $"or correct the declaration. Edit the set: kubectl -n {world.Namespace} edit imagetagset told", refused);

        await world.EditAsync("told", new JsonObject { ["maxRemovals"] = 2 });
        Assert.Equal([$"Added golden to image 'told' ({image})."], await world.WaitForEventsAsync("TagsAdded"));
        Assert.Equal([$"Removed a, b from image 'told' ({image})."], await world.WaitForEventsAsync("TagsRemoved"));
        Assert.Equal(["1 image with 1 declared tag in place."], await world.WaitForEventsAsync("Recovered"));
    }

    [Fact]
    public async Task A_drift_is_reported_once_and_its_condition_has_its_start_time()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("watched", "golden", "foreign");
        var set = world.Set("watched", image, "golden");
        (set.Spec.Mode, set.Spec.Interval) = (TagSetMode.Observe, "24h");
        await world.CreateAsync(set);
        var since = World.Condition(await world.ReadyAsync("watched", "False", "Drifted"), "Drifted")!.LastTransitionTime;
        Assert.Equal($"1 tag would change on image 'watched' ({image}): -foreign. Nothing was written, because spec.mode is Observe.",
            Assert.Single(await world.WaitForEventsAsync("Drifted")));

        for (var again = 1; again <= 2; again++)
        {
            var before = (await world.CloudCallsAsync(image)).Count;
            await world.RequestAsync("watched", $"{again}");
            await world.UntilAsync(() => world.CloudCallsAsync(image), calls => calls.Count > before, "another look", _ => "there is none");
        }

        await world.Glance.SetTagsAsync(image, "foreign");
        await world.RequestAsync("watched", "more");
        var reported = await world.WaitForEventsAsync("Drifted", 2);
        Assert.Equal(2, reported.Count);
        Assert.Contains("2 tags would change", reported[1], StringComparison.Ordinal);
        Assert.Contains("+golden, -foreign", reported[1], StringComparison.Ordinal);
        Assert.Equal(since, World.Condition(await world.GetAsync("watched"), "Drifted")!.LastTransitionTime);

        await world.Glance.SetTagsAsync(image, "golden");
        await world.RequestAsync("watched", "mended");
        var corrected = await world.ReadyAsync("watched", "True", "InSync");
        Assert.Null(World.Condition(corrected, "Drifted"));
        await world.WaitForEventsAsync("Recovered");
        Assert.Equal(2, (await world.EventsAsync("Drifted")).Count);
        Assert.All(await world.CloudCallsAsync(image), call => Assert.StartsWith("GET ", call, StringComparison.Ordinal));
    }
}
