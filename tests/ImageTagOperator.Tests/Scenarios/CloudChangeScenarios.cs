using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>A set whose credentials suddenly lead to another project or cloud.</summary>
public abstract class CloudChangeScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Theory]
    [InlineData(TagDeletionPolicy.Remove, new[] { "foreign" })]
    [InlineData(TagDeletionPolicy.Restore, new[] { "foreign", "old" })]
    [InlineData(TagDeletionPolicy.Retain, new[] { "foreign", "golden", "old" })]
    public async Task Another_cloudName_removes_the_tags_from_the_image_in_the_previous_cloud(TagDeletionPolicy policy, string[] left)
    {
        await using var world = await CreateWorldAsync();
        var process = await world.StartOperatorAsync();
        using var other = await GlanceClient.LoginAsync(world.CloudsYaml, "other");
        var (before, after) = (await world.Glance.CreateImageAsync(Name(world), "foreign", "old"),
            await other.CreateImageAsync(Name(world)));
        var set = Moving(world);
        set.Spec.DeletionPolicy = policy;
        await world.CreateAsync(set);
        await world.ReadyAsync("moving", "True");
        await world.TagsAsync(before, "foreign", "golden", "old");

        // The status is enough for a new process.
        await process.KillAsync();
        await world.EditAsync("moving", new JsonObject { ["cloudCredentialsRef"] = new JsonObject { ["cloudName"] = "other" } });
        await world.StartOperatorAsync();
        var seen = await world.ReadyAsync("moving", "True");
        await world.TagsAsync(other, after, "golden", "old");
        await world.TagsAsync(before, left);
        Assert.Equal("other", seen.Status.CloudCredentialsRef!.CloudName);
        Assert.Equal([after], seen.Status.Images!.Select(image => image.Id));
        await other.DeleteCreatedAsync();
    }

    [Fact]
    public async Task A_Secret_for_another_project_removes_no_tag_from_any_image()
    {
        await using var world = await CreateWorldAsync();
        var process = await world.StartOperatorAsync();
        using var other = await GlanceClient.LoginAsync(world.CloudsYaml, "other");
        var (before, after) = (await world.Glance.CreateImageAsync(Name(world), "foreign", "old"),
            await other.CreateImageAsync(Name(world)));
        await world.CreateAsync(Moving(world));
        await world.ReadyAsync("moving", "True");

        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(Renamed(world.CloudsYaml, "other", "demo"));
        await world.TagsAsync(other, after, "golden", "old");
        var seen = await world.ReadyAsync("moving", "False", "CloudChanged");
        Assert.Contains(before, World.Ready(seen)!.Message, StringComparison.Ordinal);
        Assert.Contains("Restore the Secret", World.Ready(seen)!.Message, StringComparison.Ordinal);
        MessageRules.Check(seen);
        await process.KillAsync();
        await world.StartOperatorAsync();
        await world.RequestAsync("moving", "again");
        await world.ReadyAsync("moving", "False", "CloudChanged");
        await world.TagsAsync(before, "foreign", "golden", "old");
        Assert.DoesNotContain(await world.CloudCallsAsync(before), call => call.StartsWith("DELETE ", StringComparison.Ordinal));

        // When the Secret leads back, the set manages its tags again, and removes them on deletion.
        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(world.CloudsYaml);
        await world.UntilAsync(
            () => world.GetAsync("moving"),
            set => set.Status.Images!.Any(image => image.Id == before && image.Reason is null),
            "the first image to be the set's again",
            set => string.Join("; ", set.Status.Images!.Select(image => $"{image.Id} {image.Reason} {image.Message}")));
        await world.EditAsync("moving", new JsonObject { ["tags"] = new JsonArray("old") });
        await world.TagsAsync(before, "foreign", "old");
        await other.DeleteCreatedAsync();
    }

    [Fact]
    public async Task Tags_in_a_cloud_without_credentials_block_nothing_and_are_reported_at_the_deadline()
    {
        await using var world = await CreateWorldAsync();
        var process = await world.StartOperatorAsync();
        using var other = await GlanceClient.LoginAsync(world.CloudsYaml, "other");
        var (before, after) = (await world.Glance.CreateImageAsync(Name(world), "foreign"), await other.CreateImageAsync(Name(world)));
        await world.CreateAsync(Moving(world));
        await world.ReadyAsync("moving", "True");

        await process.KillAsync();
        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(Without(world.CloudsYaml, "demo"));
        await world.EditAsync("moving", new JsonObject { ["cloudCredentialsRef"] = new JsonObject { ["cloudName"] = "other" } });
        await world.StartOperatorAsync("--deletion-deadline", "30");
        await world.TagsAsync(other, after, "golden", "old");
        var waiting = await world.UntilAsync(
            () => world.GetAsync("moving"), set => set.Status.Images!.Count == 2, "both images in the status", set =>
                $"there are {set.Status.Images?.Count}");
        var state = waiting.Status.Images!.Single(image => image.Id == before);
        Assert.Equal(("demo", "InvalidCloudsYaml"), (state.CloudCredentialsRef!.CloudName, state.Reason));
        Assert.Contains("cloud 'demo'", state.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("True", World.Condition(waiting, "Reconciling")!.Status);

        var reported = Assert.Single(await world.WaitForEventsAsync("TagsLeftBehind"));
        Assert.Contains($"golden, old on image {before}", reported, StringComparison.Ordinal);
        Assert.Equal([after], (await world.ReadyAsync("moving", "True")).Status.Images!.Select(image => image.Id));
        await world.TagsAsync(before, "foreign", "golden", "old");
        await other.DeleteCreatedAsync();
    }

    private static V1Alpha1ImageTagSet Moving(World world)
    {
        var set = world.Set("moving", Name(world), "golden", "old");
        set.Spec.Policy = TagPolicy.Additive;
        return set;
    }

    private static string Name(World world) => $"moving-{world.Namespace}";

    private static string Without(string cloudsYaml, string cloud)
    {
        var all = KubernetesYaml.LoadAll(cloudsYaml)[0].AsObject();
        all["clouds"]!.AsObject().Remove(cloud);
        return all.ToJsonString();
    }

    private static string Renamed(string cloudsYaml, string cloud, string name)
    {
        var all = KubernetesYaml.LoadAll(cloudsYaml)[0].AsObject();
        all["clouds"]!.AsObject()[name] = all["clouds"]![cloud]!.DeepClone();
        return all.ToJsonString();
    }
}
