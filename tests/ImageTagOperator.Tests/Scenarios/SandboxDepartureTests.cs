using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary>Images that a set no longer selects, and images that disappear.</summary>
public sealed class SandboxDepartureTests
{
    [Fact]
    public async Task A_set_with_a_retired_image_is_in_sync()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var (stays, retired) = (world.Cloud.AddImage("build-1"), world.Cloud.AddImage("build-2"));
        await world.StartOperatorAsync();
        await world.CreateAsync(Selecting(world));
        await world.ReadyAsync("builds", "True");
        retired.Status = "deactivated";
        var seen = await world.UntilAsync(
            () => world.GetAsync("builds"),
            set => set.Status.ImageCount == 1,
            "the retired image to be left",
            set => $"its condition is {World.Ready(set)?.Message}");
        Assert.Equal("True", World.Ready(seen)!.Status);
        Assert.Equal("1 image with 1 declared tag in place.", World.Ready(seen)!.Message);
        var state = seen.Status.Images!.Single(image => image.Id == retired.Id);
        Assert.Equal(("ImageDeactivated", "golden"), (state.Reason, state.Pending!.Remove!.Single()));
        Assert.Equal(["golden"], retired.Tags);

        retired.Status = "active";
        retired.Name = "renamed";
        await world.TagsAsync(retired.Id);
        await world.TagsAsync(stays.Id, "golden");
    }

    [Fact]
    public async Task A_deleted_image_is_reported_with_its_tags()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var gone = world.Cloud.AddImage("build-1");
        await world.StartOperatorAsync();
        await world.CreateAsync(Selecting(world));
        await world.ReadyAsync("builds", "True");
        await world.TagsAsync(gone.Id, "golden");
        world.Cloud.RemoveImage(gone);
        var reported = Assert.Single(await world.WaitForEventsAsync("ImageGone"));
        Assert.Contains(gone.Id, reported, StringComparison.Ordinal);
        Assert.Contains("managed golden", reported, StringComparison.Ordinal);
        Assert.Empty((await world.ReadyAsync("builds", "False", "NoImageMatches")).Status.Images!);
    }

    [Fact]
    public async Task A_previous_project_is_not_forgotten_when_the_first_release_there_fails()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        using var other = await GlanceClient.LoginAsync(world.CloudsYaml, "other");
        var (before, after) = (world.Cloud.AddImage("moving", "foreign"), await other.CreateImageAsync("moving"));
        await world.StartOperatorAsync();
        var set = world.Set("moving", "moving", "golden");
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        await world.ReadyAsync("moving", "True");

        world.Cloud.Faults.Add("DELETE", $"*{before.Id}/tags/golden", new Fault { Status = 500 }, times: 1);
        await world.EditAsync("moving", new JsonObject { ["cloudCredentialsRef"] = new JsonObject { ["cloudName"] = "other" } });
        await world.TagsAsync(other, after, "golden");
        await world.TagsAsync(before.Id, "foreign");
        Assert.Equal(2, world.Cloud.Calls.Matching("DELETE", $"*{before.Id}/tags/golden").Count);
    }

    [Fact]
    public async Task A_new_address_of_the_same_cloud_removes_no_tag()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var (old, next) = (world.Cloud.AddImage("old", "foreign"), world.Cloud.AddImage("next"));
        await world.StartOperatorAsync();
        var set = world.Set("moving", old.Id, "golden");
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        var before = await world.ReadyAsync("moving", "True");

        // The same servers under another name, and another image, at once.
        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(world.CloudsYaml.Replace("auth:",
            $"image_endpoint_override: {world.Cloud.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal)}/image\n    auth:",
            StringComparison.Ordinal));
        await world.EditAsync("moving", new JsonObject { ["image"] = new JsonObject { ["id"] = next.Id } });
        await world.TagsAsync(next.Id, "golden");
        await world.TagsAsync(old.Id, "foreign");
        var after = await world.ReadyAsync("moving", "True");
        Assert.NotEqual(before.Status.ImageEndpoint, after.Status.ImageEndpoint);
    }

    private static V1Alpha1ImageTagSet Selecting(SandboxWorld world)
    {
        var set = world.Set("builds", "unused", "golden");
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = ["build-*"] } };
        set.Spec.Policy = TagPolicy.Additive;
        return set;
    }
}
