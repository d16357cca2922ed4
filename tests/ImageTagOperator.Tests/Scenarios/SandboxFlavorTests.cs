using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary>Clouds that cannot be run here, simulated from their vendors' documents.</summary>
public sealed class SandboxFlavorTests
{
    [Theory]
    [InlineData(CloudFlavor.Pcd, CloudProfile.PCD)]
    [InlineData(CloudFlavor.Pcd, CloudProfile.OpenStack)]
    [InlineData(CloudFlavor.Ims, CloudProfile.IMS)]
    public async Task Tags_are_reconciled_on_every_kind_of_cloud(CloudFlavor flavor, CloudProfile profile)
    {
        await using var world = await SandboxWorld.CreateAsync(flavor);
        var image = world.Cloud.AddImage("ubuntu", "old");
        await world.StartOperatorAsync();
        await world.CreateAsync(Set(world, profile, "golden", "lts"));
        await world.ReadyAsync("ubuntu", "True");
        Assert.Equal(["golden", "lts"], image.Tags.Order());
        await world.DeleteAsync("ubuntu");
        await world.GoneAsync("ubuntu");
        Assert.Empty(image.Tags);
    }

    [Fact]
    public async Task The_error_message_of_PCD_is_reported()
    {
        await using var world = await SandboxWorld.CreateAsync(CloudFlavor.Pcd);
        world.Cloud.AddImage("ubuntu").Owner = "somebody-else";
        world.Cloud.Images[^1].Visibility = "public";
        await world.StartOperatorAsync();
        await world.CreateAsync(Set(world, CloudProfile.PCD, "golden"));
        var seen = await world.ReadyAsync("ubuntu", "False", "Forbidden");
        Assert.Contains("Not allowed to update tags", World.Ready(seen)!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_IMS_tag_with_a_value_is_set_changed_and_deleted_by_its_key()
    {
        await using var world = await SandboxWorld.CreateAsync(CloudFlavor.Ims);
        var image = world.Cloud.AddImage("ubuntu", "owner=somebody");
        await world.StartOperatorAsync();
        var set = Set(world, CloudProfile.IMS, "lts", "env=test");
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        await world.ReadyAsync("ubuntu", "True");
        await world.TagsAsync(image.Id, "env=test", "lts", "owner=somebody");
        Assert.Equal("/ims/v1/cloudimages/tags", Assert.Single(ValueCalls(world)).Path);

        await world.EditAsync("ubuntu", new JsonObject { ["tags"] = new JsonArray("lts", "env=prod") });
        await world.ReadyAsync("ubuntu", "True");
        await world.TagsAsync(image.Id, "env=prod", "lts", "owner=somebody");
        Assert.Equal(2, ValueCalls(world).Count);
        Assert.Empty(world.Cloud.Calls.Matching("DELETE", "*"));    // setting the value took the place of the old one

        await world.DeleteAsync("ubuntu");
        await world.GoneAsync("ubuntu");
        await world.TagsAsync(image.Id, "owner=somebody");
        Assert.Single(world.Cloud.Calls.Matching("DELETE", "*/tags/env"));
    }

    [Fact]
    public async Task An_IMS_value_of_another_client_is_not_overwritten()
    {
        await using var world = await SandboxWorld.CreateAsync(CloudFlavor.Ims);
        var image = world.Cloud.AddImage("ubuntu", "env=theirs");
        await world.StartOperatorAsync();
        var set = Set(world, CloudProfile.IMS, "lts", "env=ours");
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        var seen = await world.ReadyAsync("ubuntu", "False", "TagCollision");
        Assert.Contains("'env=theirs'", World.Ready(seen)!.Message, StringComparison.Ordinal);
        await world.TagsAsync(image.Id, "env=theirs", "lts");
    }

    [Fact]
    public async Task Tags_that_IMS_does_not_accept_are_rejected_before_any_request()
    {
        await using var world = await SandboxWorld.CreateAsync(CloudFlavor.Ims);
        world.Cloud.AddImage("ubuntu");
        await world.StartOperatorAsync();
        await world.CreateAsync(Set(world, CloudProfile.IMS, "cis-2026.1"));
        await world.ReadyAsync("ubuntu", "False", "InvalidSpec");
        Assert.DoesNotContain(world.Cloud.Calls.Writes, call => call.Method != "POST");
    }

    private static IReadOnlyList<Sandbox.Call> ValueCalls(SandboxWorld world) => world.Cloud.Calls.Matching("PUT", "*/cloudimages/tags");

    private static V1Alpha1ImageTagSet Set(SandboxWorld world, CloudProfile profile, params string[] tags)
    {
        var set = world.Set("ubuntu", "ubuntu", tags);
        set.Spec.CloudCredentialsRef.Profile = profile;
        return set;
    }
}
