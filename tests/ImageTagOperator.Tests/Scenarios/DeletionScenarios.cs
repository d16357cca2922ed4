using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>What happens to the tags when a set is deleted.</summary>
public abstract class DeletionScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Theory]
    [InlineData(TagDeletionPolicy.Remove, new[] { "kept" })]
    [InlineData(TagDeletionPolicy.Retain, new[] { "golden", "kept", "old" })]
    [InlineData(TagDeletionPolicy.Restore, new[] { "kept", "old" })]
    public async Task Deleting_a_set_does_what_its_deletion_policy_says(TagDeletionPolicy policy, string[] expected)
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("deleted", "kept", "old");
        var set = world.Set("deleted", image, "golden", "old");
        (set.Spec.Policy, set.Spec.DeletionPolicy) = (TagPolicy.Additive, policy);
        await world.CreateAsync(set);
        await world.ReadyAsync("deleted", "True");
        await world.TagsAsync(image, "golden", "kept", "old");

        await world.DeleteAsync("deleted");
        await world.GoneAsync("deleted");
        await world.TagsAsync(image, expected);
    }

    [Fact]
    public async Task Restore_adds_the_tags_again_that_Exact_removed()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("restored", "foreign", "old");
        var set = world.Set("restored", image, "golden");
        set.Spec.DeletionPolicy = TagDeletionPolicy.Restore;
        await world.CreateAsync(set);
        await world.ReadyAsync("restored", "True");
        await world.TagsAsync(image, "golden");

        await world.DeleteAsync("restored");
        await world.GoneAsync("restored");
        await world.TagsAsync(image, "foreign", "old");
        Assert.Contains($"Brought back foreign, old to image 'restored' ({image}).", await world.WaitForEventsAsync("TagsAdded", 2));
    }

    [Fact]
    public async Task A_set_can_be_deleted_after_its_Secret()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("orphan");
        await world.CreateAsync(world.Set("orphan", image, "golden"));
        await world.ReadyAsync("orphan", "True");

        await world.DeleteSecretAsync();
        await world.DeleteAsync("orphan");
        await world.GoneAsync("orphan");
        await world.TagsAsync(image);
    }

    [Fact]
    public async Task An_unreachable_cloud_does_not_delay_a_deletion_beyond_the_deadline()
    {
        await using var world = await CreateWorldAsync();
        var process = await world.StartOperatorAsync();
        var image = await world.Glance.CreateImageAsync("wedged");
        await world.CreateAsync(world.Set("wedged", image, "golden"));
        await world.ReadyAsync("wedged", "True");

        // A new process has no session to use when the Secret is gone.
        await process.KillAsync();
        await world.DeleteSecretAsync();
        await world.DeleteAsync("wedged");
        await world.StartOperatorAsync("--deletion-deadline", "3");
        await world.GoneAsync("wedged");
        Assert.Equal(["golden"], await world.Glance.GetTagsAsync(image));
    }

    [Fact]
    public async Task An_operator_that_is_deleted_with_its_namespace_releases_the_tags_first()
    {
        await using var world = await CreateWorldAsync();
        await world.CreateOtherNamespaceAsync();
        var process = await world.StartOperatorInNamespaceAsync("-n", world.OtherNamespace);
        var (image, other) = (await world.Glance.CreateImageAsync("doomed", "kept"), await world.Glance.CreateImageAsync("spared"));
        // Neither set may keep the tag on behalf of the other.
        foreach (var name in new[] { "one", "two" })
        {
            var set = world.Set(name, image, "golden");
            set.Spec.Policy = TagPolicy.Additive;
            await world.CreateAsync(set);
            await world.ReadyAsync(name, "True");
        }

        var spared = world.Set("spared", other, "golden");
        spared.Metadata.NamespaceProperty = world.OtherNamespace;
        await world.CreateAsync(spared);
        await world.ReadyAsync("spared", "True", inNamespace: world.OtherNamespace);

        await world.EndNamespaceAsync();
        Assert.Equal(0, await process.StopAsync());

        Assert.Equal(["kept"], await world.Glance.GetTagsAsync(image));
        Assert.Equal(["golden"], await world.Glance.GetTagsAsync(other));
        foreach (var name in new[] { "one", "two" })
        {
            var set = await world.GetAsync(name);
            Assert.Null(set.Metadata.DeletionTimestamp);
            Assert.Empty(set.Metadata.Finalizers ?? []);
            await world.DeleteAsync(name);
            Assert.Null(await world.Kubernetes.GetAsync<V1Alpha1ImageTagSet>(name, world.Namespace));
        }

        var left = await world.Kubernetes.GetAsync<V1Alpha1ImageTagSet>("spared", world.OtherNamespace);
        Assert.Equal([V1Alpha1ImageTagSet.Finalizer], left!.Metadata.Finalizers);
    }

    [Fact]
    public async Task A_stopped_operator_releases_nothing()
    {
        await using var world = await CreateWorldAsync();
        var process = await world.StartOperatorInNamespaceAsync();
        var image = await world.Glance.CreateImageAsync("stopped");
        await world.CreateAsync(world.Set("stopped", image, "golden"));
        await world.ReadyAsync("stopped", "True");

        Assert.Equal(0, await process.StopAsync());
        Assert.Equal(["golden"], await world.Glance.GetTagsAsync(image));
        Assert.Equal([V1Alpha1ImageTagSet.Finalizer], (await world.GetAsync("stopped")).Metadata.Finalizers);
    }
}
