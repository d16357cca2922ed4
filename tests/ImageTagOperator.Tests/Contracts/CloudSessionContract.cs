using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Contracts;

/// <summary>The contract between the operator's cloud client and the cloud.</summary>
public abstract class CloudSessionContract<TWorld>
    where TWorld : World, IWorldFactory
{
    private const string Unknown = "00000000-0000-4000-8000-000000000000";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_image_is_read()
    {
        await using var world = await TWorld.CreateAsync();
        var id = await world.Glance.CreateImageAsync($"read-{world.Namespace}", "a/b", "ü", "");
        using var session = Session(world, "demo");
        var image = await session.GetImageAsync(id, Cancel);
        Assert.Equal((id, $"read-{world.Namespace}", "active", "shared"), (image!.Id, image.Name, image.Status, image.Visibility));
        Assert.Equal(["", "a/b", "ü"], image.Tags.Order(StringComparer.Ordinal));
        Assert.NotNull(image.Owner);
        Assert.NotNull(image.CreatedAt);
        Assert.True(image.IsActive);
        Assert.EndsWith("/v2", (await session.GetImageEndpointAsync(Cancel)).AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_or_invisible_image_is_null()
    {
        await using var world = await TWorld.CreateAsync();
        var id = await world.Glance.CreateImageAsync($"hidden-{world.Namespace}");
        using var other = Session(world, "other");
        Assert.Null(await other.GetImageAsync(id, Cancel));
        Assert.Null(await other.GetImageAsync(Unknown, Cancel));
        Assert.Empty(await other.FindAsync($"hidden-{world.Namespace}", Cancel));
    }

    [Theory]
    [InlineData("Ubuntu")]
    [InlineData("a:b")]
    [InlineData("in:a,b")]
    [InlineData("eq:x")]
    [InlineData("gte:2026-01-01")]
    [InlineData("say \"hi\"")]
    [InlineData("\"a:b\"")]
    [InlineData("a:\"b")]
    [InlineData("back\\slash:x")]
    [InlineData("a,b")]
    [InlineData("50% + tax & more?#;=")]
    [InlineData("größe")]
    [InlineData("größe:ü")]
    public async Task An_image_is_found_by_its_exact_name(string name)
    {
        await using var world = await TWorld.CreateAsync();
        name += "-" + world.Namespace + "x";
        var id = await world.Glance.CreateQueuedImageAsync(name);
        await world.Glance.CreateQueuedImageAsync(name.ToUpperInvariant());
        await world.Glance.CreateQueuedImageAsync(name + "-more");
        using var session = Session(world, "demo");
        Assert.Equal([id], (await session.FindAsync(name, Cancel)).Select(image => image.Id));
    }

    [Fact]
    public async Task All_images_of_a_name_are_found()
    {
        await using var world = await TWorld.CreateAsync();
        string[] ids = [await world.Glance.CreateQueuedImageAsync($"twin-{world.Namespace}"),
            await world.Glance.CreateImageAsync($"twin-{world.Namespace}")];
        using var session = Session(world, "demo");
        Assert.Equal(ids.Order(), (await session.FindAsync($"twin-{world.Namespace}", Cancel)).Select(image => image.Id).Order());
        Assert.Empty(await session.FindAsync($"none-{world.Namespace}", Cancel));
    }

    [Theory]
    [InlineData("golden")]
    [InlineData("a b")]
    [InlineData("%2e%2e")]
    [InlineData("a%2Fb")]
    [InlineData("...")]
    [InlineData("%;+&=@:,\"<>\\{}?#~'()*!$|^`[]")]
    public async Task A_tag_is_added_and_removed(string tag)
    {
        await using var world = await TWorld.CreateAsync();
        var id = await world.Glance.CreateImageAsync("write", "kept");
        using var session = Session(world, "demo");
        Assert.Equal(new TagWriteOutcome(TagWriteResult.Done), await session.AddTagAsync(id, tag, Cancel));
        Assert.Equal(
            new[] { tag, "kept" }.Order(StringComparer.Ordinal), (await world.Glance.GetTagsAsync(id)).Order(StringComparer.Ordinal));
        Assert.Equal(new TagWriteOutcome(TagWriteResult.Done), await session.RemoveTagAsync(id, tag, Cancel));
        Assert.Equal(["kept"], await world.Glance.GetTagsAsync(id));
    }

    [Fact]
    public async Task A_missing_image_or_tag_is_NotFound()
    {
        await using var world = await TWorld.CreateAsync();
        var id = await world.Glance.CreateImageAsync("absent");
        using var session = Session(world, "demo");
        Assert.Equal(TagWriteResult.NotFound, (await session.RemoveTagAsync(id, "absent", Cancel)).Result);
        var unknown = await session.AddTagAsync(Unknown, "golden", Cancel);
        Assert.Equal(TagWriteResult.NotFound, unknown.Result);
        Assert.Matches($"^PUT http.*/v2/images/{Unknown}/tags/golden -> 404: Image {Unknown} not found\\.?$", unknown.Message);
    }

    [Fact]
    public async Task A_public_image_of_another_project_is_Forbidden()
    {
        await using var world = await TWorld.CreateAsync();
        var id = await world.Glance.CreateImageAsync($"foreign-{world.Namespace}", "golden");
        await (await RawGlance.LoginAsync(world.CloudsYaml, "admin")).SetVisibilityAsync(id, "public");
        using var other = Session(world, "other");
        Assert.Equal(["golden"], (await other.GetImageAsync(id, Cancel))!.Tags);
        Assert.Equal(TagWriteResult.Forbidden, (await other.AddTagAsync(id, "new", Cancel)).Result);
        Assert.Equal(TagWriteResult.Forbidden, (await other.RemoveTagAsync(id, "golden", Cancel)).Result);
    }

    [Fact]
    public async Task The_129th_tag_is_QuotaExceeded_in_the_clouds_own_words()
    {
        await using var world = await TWorld.CreateAsync();
        var id = await world.Glance.CreateImageAsync("full", [.. Enumerable.Range(0, 128).Select(i => $"t{i}")]);
        using var session = Session(world, "demo");
        var outcome = await session.AddTagAsync(id, "one-more", Cancel);
        Assert.Equal(TagWriteResult.QuotaExceeded, outcome.Result);
        Assert.Contains("Attempted: 129, Maximum: 128", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("<br", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_equals_another_in_the_database_is_a_ServerError()
    {
        await using var world = await TWorld.CreateAsync();
        var id = await world.Glance.CreateImageAsync("collision", "Foo", "foo");
        using var session = Session(world, "demo");
        Assert.Equal(TagWriteResult.ServerError, (await session.RemoveTagAsync(id, "foo", Cancel)).Result);
    }

    [Fact]
    public async Task A_wrong_password_is_a_rejected_credential()
    {
        await using var world = await TWorld.CreateAsync();
        var cloud = CloudsYaml.Parse(world.CloudsYaml, "demo");
        using var session = Session(cloud with { Credential = (PasswordCredential)cloud.Credential with { Password = "wrong" } });
        var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(Unknown, Cancel));
        Assert.Equal(CloudErrorKind.CredentialsRejected, error.Kind);
        Assert.Contains("The request you have made requires authentication.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_region_or_interface_is_a_missing_endpoint()
    {
        await using var world = await TWorld.CreateAsync();
        using var session = Session(CloudsYaml.Parse(world.CloudsYaml, "demo") with { RegionName = "Nowhere" });
        var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageEndpointAsync(Cancel));
        Assert.Equal(CloudErrorKind.EndpointNotFound, error.Kind);
        Assert.Contains("RegionOne/public", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_token_leads_to_a_new_login()
    {
        await using var world = await TWorld.CreateAsync();
        var id = await world.Glance.CreateImageAsync("revoked", "old");
        await using var user = await RevocableAsync(world);
        // Logged in, but Glance has not validated the token yet. It may accept a validated token for minutes.
        using var session = Session(user.Cloud);
        await session.GetImageEndpointAsync(Cancel);
        await user.RevokeAsync();
        Assert.Equal(["old"], (await session.GetImageAsync(id, Cancel))!.Tags);
        Assert.True((await session.AddTagAsync(id, "new", Cancel)).IsDone);
    }

    /// <summary>A user of the project demo whose tokens the test can revoke.</summary>
    protected abstract Task<IRevocableUser> RevocableAsync(World world);

    private static CloudSession Session(World world, string cloud) => Session(CloudsYaml.Parse(world.CloudsYaml, cloud));

    private static CloudSession Session(CloudConfiguration cloud) => TestSession.Of(cloud);
}
