using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>The probe of the cloud finds drift long before the interval of the set.</summary>
public abstract class DriftScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    private const string Interval = "24h";

    [Fact]
    public async Task Drift_is_corrected_long_before_the_interval()
    {
        await using var world = await CreateWorldAsync();
        var image = await world.Glance.CreateImageAsync("drifting");
        var other = await world.Glance.CreateImageAsync("calm");
        await world.StartOperatorAsync();
        await CreateAsync(world, world.Set("drifting", image, "golden", "lts"));
        await CreateAsync(world, world.Set("calm", other, "golden"));
        var calls = await world.CloudCallsAsync(other);

        await world.Glance.SetTagsAsync(image, "golden", "foreign");
        await world.TagsAsync(image, "golden", "lts");
        // Neither drift of another image nor the operator's own writes trigger a reconcile of the set.
        Assert.Equal(calls, await world.CloudCallsAsync(other));
    }

    [Fact]
    public async Task A_tag_moves_to_a_new_image_long_before_the_interval()
    {
        await using var world = await CreateWorldAsync();
        var old = await world.Glance.CreateImageAsync($"{world.Namespace}-build-1");
        await world.StartOperatorAsync("--drift-probe", "1");
        var set = world.Set("moving", old, "stable");
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = [$"{world.Namespace}-*"], Newest = 1 } };
        set.Spec.Policy = TagPolicy.Additive;
        await CreateAsync(world, set);
        // The times of images are whole seconds.
        await Task.Delay(TimeSpan.FromSeconds(1.1), TimeProvider.System, TestContext.Current.CancellationToken);
        var next = await world.Glance.CreateImageAsync($"{world.Namespace}-build-2");
        await world.TagsAsync(next, "stable");
        await world.TagsAsync(old);
    }

    [Fact]
    public async Task An_image_that_was_missing_is_found_when_it_appears()
    {
        await using var world = await CreateWorldAsync();
        var first = await world.Glance.CreateImageAsync($"{world.Namespace}-first");
        await world.StartOperatorAsync("--drift-probe", "1");
        await CreateAsync(world, world.Set("first", first, "golden"));
        var set = world.Set("later", $"{world.Namespace}-later", "golden");
        set.Spec.Interval = Interval;
        await world.CreateAsync(set);
        await world.ReadyAsync("later", "False", "ImageNotFound");
        var later = await world.Glance.CreateImageAsync($"{world.Namespace}-later");
        await world.TagsAsync(later, "golden");
    }

    private static async Task CreateAsync(World world, V1Alpha1ImageTagSet set)
    {
        set.Spec.Interval = Interval;
        await world.CreateAsync(set);
        await world.ReadyAsync(set.Metadata.Name, "True");
    }
}
