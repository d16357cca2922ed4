using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>Two teams, two namespaces, one image.</summary>
public abstract class SharingScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Theory]
    [InlineData("id", TagPolicy.Exact)]
    [InlineData("name", TagPolicy.Exact)]
    [InlineData("selector", TagPolicy.Additive)]
    public async Task The_younger_of_two_conflicting_sets_names_the_winner_and_takes_over_after_its_deletion(string how, TagPolicy policy)
    {
        await using var world = await CreateWorldAsync();
        await world.CreateOtherNamespaceAsync();
        await world.StartOperatorAsync("-n", world.OtherNamespace);
        var name = $"shared-{world.Namespace}";
        var image = await world.Glance.CreateImageAsync(name);
        // Ages are whole seconds. Of two sets of the same second the first by name wins, which is the same one here.
        var older = world.Set("older", name, "golden");
        older.Metadata.NamespaceProperty = world.OtherNamespace;
        await world.CreateAsync(older);
        await world.ReadyAsync("older", "True", null, world.OtherNamespace);

        var younger = world.Set("younger", how == "id" ? image : name, "lts");
        if (how == "selector") younger.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = [
            $"shared-{world.Namespace}*"] } };
        younger.Spec.Policy = policy;
        await world.CreateAsync(younger);
        var loser = await world.ReadyAsync("younger", "False", "Conflict");
        Assert.StartsWith(
            $"An ImageTagSet of namespace {world.OtherNamespace} is older and also claims image '{name}' ({image})",
            World.Ready(loser)!.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("/older", World.Ready(loser)!.Message, StringComparison.Ordinal);
        Assert.Equal("True", World.Condition(loser, "Stalled")!.Status);
        Assert.Equal(["golden"], await world.Glance.GetTagsAsync(image));

        await world.Kubernetes.DeleteAsync<V1Alpha1ImageTagSet>(older.Key());
        await world.ReadyAsync("younger", "True");
        await world.TagsAsync(image, "lts");
    }

    [Fact]
    public async Task A_tag_that_the_set_of_another_team_declares_is_kept_although_this_set_managed_it_too()
    {
        await using var world = await CreateWorldAsync();
        await world.CreateOtherNamespaceAsync();
        await world.StartOperatorAsync("-n", world.OtherNamespace);
        var image = await world.Glance.CreateImageAsync("shared");
        foreach (var (team, tags) in new[] { (world.Namespace, new[] { "common", "ours" }), (world.OtherNamespace, ["common", "theirs"]) })
        {
            var set = world.Set("team", image, tags);
            (set.Metadata.NamespaceProperty, set.Spec.Policy) = (team, TagPolicy.Additive);
            await world.CreateAsync(set);
            await world.ReadyAsync("team", "True", null, team);
        }

        await world.EditAsync("team", new() { ["tags"] = new JsonArray() });
        await world.ReadyAsync("team", "True");
        await world.TagsAsync(image, "common", "theirs");
    }
}
