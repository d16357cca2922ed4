using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Contracts;

/// <summary>Glance's responses to requests about tags, on the wire.</summary>
public abstract class GlanceContract<TWorld>
    where TWorld : World, IWorldFactory
{
    private const string Unknown = "00000000-0000-4000-8000-000000000000";

    [Fact]
    public async Task A_tag_can_be_added_twice_and_deleted_once()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world);
        Assert.Equal(204, await glance.PutAsync(image, "golden"));
        var again = await glance.SendAsync("PUT", $"/images/{image}/tags/golden");
        Assert.Equal((204, ""), (again.Status, again.Body));
        Assert.Equal(["golden"], await glance.TagsAsync(image));
        Assert.Equal(204, await glance.DeleteAsync(image, "golden"));
        Assert.Equal(404, await glance.DeleteAsync(image, "golden"));
        Assert.Empty(await glance.TagsAsync(image));
    }

    [Theory]
    [InlineData(Unknown)]
    [InlineData("not-a-uuid")]
    public async Task An_unknown_image_is_404(string image)
    {
        await using var world = await CreateAsync();
        var glance = await RawGlance.LoginAsync(world.CloudsYaml, "demo");
        Assert.Equal(404, await glance.PutAsync(image, "golden"));
        Assert.Equal(404, await glance.DeleteAsync(image, "golden"));
        Assert.Equal(404, (await glance.SendAsync("GET", $"/images/{image}")).Status);
    }

    [Fact]
    public async Task A_deleted_image_is_404()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, "golden");
        await world.Glance.DeleteImageAsync(image);
        Assert.Equal(404, await glance.PutAsync(image, "golden"));
        Assert.Equal(404, await glance.DeleteAsync(image, "golden"));
        Assert.Equal(404, (await glance.SendAsync("GET", $"/images/{image}")).Status);
    }

    [Fact]
    public async Task A_tag_ends_at_255_characters()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world);
        Assert.Equal(204, await glance.PutAsync(image, new string('x', 255)));
        Assert.Equal(400, await glance.PutAsync(image, new string('x', 256)));
        Assert.Equal(400, await glance.PutAsync(Unknown, new string('x', 256)));
        Assert.Equal(404, await glance.DeleteAsync(image, new string('x', 256)));
        Assert.Equal(204, await glance.DeleteAsync(image, new string('x', 255)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a%2Fb")]
    [InlineData("%2F")]
    [InlineData("..%2F..")]
    [InlineData("a/")]
    public async Task A_path_that_is_not_a_tag_is_404(string path)
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, "", "a/b");
        Assert.Equal(404, await glance.PutAsync(image, path));
        Assert.Equal(404, await glance.DeleteAsync(image, path));
        Assert.Equal(["", "a/b"], await glance.TagsAsync(image));
    }

    [Fact]
    public async Task An_image_path_with_a_trailing_slash_is_404()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world);
        Assert.Equal(404, (await glance.SendAsync("DELETE", $"/images/{image}/")).Status);
        Assert.Equal(404, (await glance.SendAsync("DELETE", $"/images/{image}/tags")).Status);
        Assert.Equal(404, (await glance.SendAsync("DELETE", $"/images/{image}/tags/")).Status);
        Assert.Equal(200, (await glance.SendAsync("GET", $"/images/{image}")).Status);
    }

    [Theory]
    [InlineData("a%20b", "a b")]
    [InlineData("%20a", " a")]
    [InlineData("a%20", "a ")]
    [InlineData("%20", " ")]
    [InlineData("a;b", "a;b")]
    [InlineData("a%3Bb", "a;b")]
    [InlineData("a+b", "a+b")]
    [InlineData("a%2Bb", "a+b")]
    [InlineData("%25", "%")]
    [InlineData("%2541", "%41")]
    [InlineData("%26%3D%40%3A%2C", "&=@:,")]
    [InlineData("&=@:,", "&=@:,")]
    [InlineData("%22%3C%3E%5C%7B%7D", "\"<>\\{}")]
    [InlineData("%3F", "?")]
    [InlineData("%23", "#")]
    [InlineData("%09", "\t")]
    [InlineData("%01", "\u0001")]
    [InlineData("%2e%2e", "..")]
    [InlineData("...", "...")]
    [InlineData("%41", "A")]
    public async Task A_tag_is_stored_as_in_its_path(string path, string stored)
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world);
        Assert.Equal(204, await glance.PutAsync(image, path));
        Assert.Equal([stored], await glance.TagsAsync(image));
        Assert.Equal(204, await glance.DeleteAsync(image, path));
        Assert.Empty(await glance.TagsAsync(image));
        Assert.Equal(404, await glance.DeleteAsync(image, path));
    }

    /// <summary>The image itself is in no danger: a DELETE of its path with a slash at the end is 404.</summary>
    [Theory]
    [InlineData("..")]
    [InlineData(".")]
    public async Task A_path_of_dots_is_a_tag_or_with_uwsgi_404(string dots)
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, "golden");
        Assert.Equal(UnderUwsgi ? 404 : 204, await glance.PutAsync(image, dots));
        Assert.Equal(UnderUwsgi ? ["golden"] : new[] { dots, "golden" }, await glance.TagsAsync(image));
        Assert.Equal(UnderUwsgi ? 404 : 204, await glance.DeleteAsync(image, dots));
        Assert.Equal(["golden"], await glance.TagsAsync(image));
    }

    [Theory]
    [InlineData("%C3%BC", "ü", "Ã¼")]
    [InlineData("%E6%BC%A2", "漢", "æ¼¢")]
    public async Task A_tag_that_is_not_ASCII_is_stored_as_other_characters(string path, string requested, string stored)
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, requested);
        Assert.Equal(404, await glance.DeleteAsync(image, path));
        Assert.Equal(204, await glance.PutAsync(image, path));
        Assert.Equal(new[] { requested, stored }.Order(StringComparer.Ordinal), await glance.TagsAsync(image));
        Assert.Equal(204, await glance.DeleteAsync(image, path));
        Assert.Equal([requested], await glance.TagsAsync(image));
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_500_or_with_uwsgi_no_response()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world);
        Assert.Equal(UnderUwsgi ? 0 : 500, await glance.PutAsync(image, "%FF"));
        Assert.Equal(UnderUwsgi ? 0 : 500, await glance.DeleteAsync(image, "%FF"));
        Assert.Empty(await glance.TagsAsync(image));
    }

    [Fact]
    public async Task The_129th_tag_is_rejected()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, [.. Enumerable.Range(0, 128).Select(i => $"t{i}")]);
        var refused = await glance.SendAsync("PUT", $"/images/{image}/tags/one-more");
        Assert.Equal(413, refused.Status);
        Assert.Contains("Attempted: 129, Maximum: 128", (string)refused.Json["message"]!, StringComparison.Ordinal);
        Assert.Equal(204, await glance.PutAsync(image, "t0"));
        Assert.Equal(204, await glance.DeleteAsync(image, "t0"));
        Assert.Equal(204, await glance.PutAsync(image, "one-more"));
    }

    [Fact]
    public async Task A_queued_image_accepts_tags()
    {
        await using var world = await CreateAsync();
        var glance = await RawGlance.LoginAsync(world.CloudsYaml, "demo");
        var image = await world.Glance.CreateQueuedImageAsync($"queued-{world.Namespace}");
        Assert.Equal(204, await glance.PutAsync(image, "golden"));
        Assert.Equal("queued", (string?)(await glance.ShowAsync(image))["status"]);
        Assert.Equal(204, await glance.DeleteAsync(image, "golden"));
    }

    [Theory]
    [InlineData("private", 404, 404)]
    [InlineData("shared", 404, 404)]
    [InlineData("community", 200, 403)]
    [InlineData("public", 200, 403)]
    public async Task An_image_of_another_project(string visibility, int read, int write)
    {
        await using var world = await CreateAsync();
        var (_, image) = await ImageAsync(world, "golden");
        await (await RawGlance.LoginAsync(world.CloudsYaml, "admin")).SetVisibilityAsync(image, visibility);
        var other = await RawGlance.LoginAsync(world.CloudsYaml, "other");
        Assert.Equal(read, (await other.SendAsync("GET", $"/images/{image}")).Status);
        Assert.Equal(write, await other.PutAsync(image, "golden"));
        Assert.Equal(write, await other.PutAsync(image, "new"));
        Assert.Equal(write, await other.DeleteAsync(image, "golden"));
        Assert.Equal(write, await other.DeleteAsync(image, "absent"));
        Assert.Equal(["golden"], await world.Glance.GetTagsAsync(image));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("garbage")]
    [InlineData("gAAAAABgarbage")]
    public async Task Every_request_without_a_valid_token_is_401(string? token)
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, "golden");
        var stranger = glance.With(token);
        Assert.Equal(401, await stranger.PutAsync(image, "new"));
        Assert.Equal(401, await stranger.DeleteAsync(image, "golden"));
        Assert.Equal(401, (await stranger.SendAsync("GET", $"/images/{image}")).Status);
        var list = await stranger.SendAsync("GET", "/images");
        Assert.Equal(401, list.Status);
        Assert.StartsWith("Keystone uri=", list.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Equal(["golden"], await glance.TagsAsync(image));
    }

    [Fact]
    public async Task An_unscoped_token_finds_no_image()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, "golden");
        var keystone = new RawKeystone(world.CloudsYaml);
        var unscoped = glance.With((await keystone.LoginAsync(keystone.Password("demo"), "unscoped")).Headers["X-Subject-Token"]);
        Assert.Equal(404, await unscoped.PutAsync(image, "new"));
        Assert.Equal(404, await unscoped.DeleteAsync(image, "golden"));
        Assert.Equal(SecureRbac ? 403 : 200, (await unscoped.SendAsync("GET", "/images")).Status);
    }

    [Fact]
    public async Task A_reader_may_write_only_without_the_policies_of_later_releases()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, "golden");
        await using var user = await ReaderAsync(world);
        var password = (PasswordCredential)user.Cloud.Credential;
        var keystone = new RawKeystone(world.CloudsYaml);
        var login = await keystone.LoginAsync(keystone.Password(password.Username!, password.Password), RawKeystone.Project("demo"));
        var reader = glance.With(login.Headers["X-Subject-Token"]);
        Assert.Equal(["golden"], await reader.TagsAsync(image));
        Assert.Equal([image], Ids(await reader.SendAsync("GET", $"/images?id=in:{image}")));
        Assert.Equal(SecureRbac ? 403 : 204, await reader.PutAsync(image, "new"));
        Assert.Equal(SecureRbac ? 403 : 204, await reader.DeleteAsync(image, "golden"));
        Assert.Equal([SecureRbac ? "golden" : "new"], await glance.TagsAsync(image));
    }

    [Fact]
    public async Task A_body_is_rejected()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world);
        Assert.Equal(400, (await glance.SendAsync("PUT", $"/images/{image}/tags/golden", body: "{}")).Status);
        Assert.Empty(await glance.TagsAsync(image));
    }

    [Theory]
    [InlineData("application/json", "application/json")]
    [InlineData("text/html", "text/html")]
    [InlineData(null, "text/plain")]
    public async Task An_error_has_the_format_of_the_Accept_header(string? accept, string expected)
    {
        await using var world = await CreateAsync();
        var glance = await RawGlance.LoginAsync(world.CloudsYaml, "demo");
        var error = await glance.SendAsync("PUT", $"/images/{Unknown}/tags/golden", accept);
        Assert.Equal((404, expected), (error.Status, error.ContentType));
        Assert.Contains(Unknown, error.Body, StringComparison.Ordinal);
        if (accept != "application/json") return;
        Assert.Equal("404 Not Found", (string?)error.Json["code"]);
        Assert.Contains($"Image {Unknown} not found", (string?)error.Json["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_image_contains_the_fields_that_the_operator_reads()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, "b", "a");
        var shown = await glance.SendAsync("GET", $"/images/{image}");
        Assert.Equal((200, "application/json"), (shown.Status, shown.ContentType));
        Assert.Equal(image, (string?)shown.Json["id"]);
        Assert.Equal($"image-{world.Namespace}", (string?)shown.Json["name"]);
        Assert.Equal("active", (string?)shown.Json["status"]);
        Assert.Equal("shared", (string?)shown.Json["visibility"]);
        Assert.Matches("^[0-9a-f]{32}$", (string?)shown.Json["owner"]);
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", (string?)shown.Json["created_at"]);
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", (string?)shown.Json["updated_at"]);
        Assert.Equal(["a", "b"], await glance.TagsAsync(image));
        // Ids are not case-sensitive.
        Assert.Equal(image, (string?)(await glance.ShowAsync(image.ToUpperInvariant()))["id"]);
    }

    [Fact]
    public async Task An_image_can_be_created_with_tags_that_no_path_can_contain()
    {
        string[] hostile = ["", "..", ".", "a/b", "ü", "漢", " x", "Foo", "foo", "%2e", "<b>", "'", "\\"];
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, hostile);
        Assert.Equal(hostile.Order(StringComparer.Ordinal), await glance.TagsAsync(image));
    }

    [Theory]
    [InlineData("Foo", "foo", "Foo", "foo")]
    [InlineData("cafe", "café", "cafe", "caf%C3%A9")]
    [InlineData("x", "x ", "x", "x%20")]
    public async Task Tags_that_are_equal_in_the_database_cannot_be_deleted(string one, string other, string path, string otherPath)
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, one, other);
        Assert.Equal(500, await glance.DeleteAsync(image, path));
        Assert.Equal(otherPath.Contains("%C3", StringComparison.Ordinal) ? 404 : 500, await glance.DeleteAsync(image, otherPath));
        Assert.Equal(new[] { one, other }.Order(StringComparer.Ordinal), await glance.TagsAsync(image));
        // Other tags are not affected.
        Assert.Equal(204, await glance.PutAsync(image, "free"));
        Assert.Equal(204, await glance.DeleteAsync(image, "free"));
    }

    [Fact]
    public async Task Every_PUT_bumps_updated_at_and_a_404_does_not()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world, "golden");
        var before = await UpdatedAsync(glance, image);
        var after = await world.UntilAsync(
            async () =>
            {
                Assert.Equal(204, await glance.PutAsync(image, "golden"));
                return await UpdatedAsync(glance, image);
            },
            updated => updated > before,
            "a repeated PUT to bump updated_at",
            updated => $"it is {updated:O}");

        await world.UntilAsync(
            async () =>
            {
                Assert.Equal(404, await glance.DeleteAsync(image, "absent"));
                return TimeProvider.System.GetUtcNow();
            },
            now => now > after.AddSeconds(2),
            "the clock to go on",
            now => $"it is {now:O}");
        Assert.Equal(after, await UpdatedAsync(glance, image));
    }

    [Fact]
    public async Task A_list_by_name_ignores_case()
    {
        await using var world = await CreateAsync();
        var glance = await RawGlance.LoginAsync(world.CloudsYaml, "demo");
        var one = await world.Glance.CreateQueuedImageAsync($"Fold-{world.Namespace}", "golden");
        var two = await world.Glance.CreateQueuedImageAsync($"fold-{world.Namespace}");
        await world.Glance.CreateQueuedImageAsync($"fold-{world.Namespace}-more");
        var list = await glance.SendAsync("GET", $"/images?name=FOLD-{world.Namespace}");
        Assert.Equal((200, "application/json"), (list.Status, list.ContentType));
        Assert.Equal(new[] { one, two }.Order(), Ids(list).Order());
        Assert.Contains("golden", list.Body, StringComparison.Ordinal);
        Assert.Null(list.Json["next"]);
    }

    [Fact]
    public async Task A_list_by_ids_omits_missing_images()
    {
        await using var world = await CreateAsync();
        var (glance, one) = await ImageAsync(world);
        var two = await world.Glance.CreateQueuedImageAsync($"two-{world.Namespace}");
        await world.Glance.CreateQueuedImageAsync($"three-{world.Namespace}");
        Assert.Equal(new[] { one, two }.Order(), Ids(await glance.SendAsync("GET", $"/images?id=in:{one},{Unknown},{two}")).Order());
        Assert.Empty(Ids(await glance.SendAsync("GET", $"/images?id=in:{Unknown}")));
    }

    [Theory]
    [InlineData(200, 200)]
    [InlineData(240, 414)]
    public async Task A_long_list_of_ids_is_accepted_or_without_uwsgi_414(int ids, int status)
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world);
        var list = await glance.SendAsync("GET", $"/images?id=in:{string.Join(',', Enumerable.Repeat(image, ids))}");
        Assert.Equal(UnderUwsgi ? 200 : status, list.Status);
        if (list.Status == 200) Assert.Equal([image], Ids(list));
    }

    [Fact]
    public async Task A_list_has_pages_of_the_limit()
    {
        await using var world = await CreateAsync();
        var glance = await RawGlance.LoginAsync(world.CloudsYaml, "demo");
        var made = new List<string>();
        for (var i = 0; i < 3; i++) made.Add(await world.Glance.CreateQueuedImageAsync($"page-{world.Namespace}"));
        var first = await glance.SendAsync("GET", $"/images?name=page-{world.Namespace}&limit=2");
        var next = (string)first.Json["next"]!;
        Assert.StartsWith("/v2/images?", next, StringComparison.Ordinal);
        Assert.Contains($"marker={Ids(first)[1]}", next, StringComparison.Ordinal);
        var second = await glance.SendAsync("GET", next["/v2".Length..]);
        Assert.Equal(made.Order(), Ids(first).Concat(Ids(second)).Order());
        Assert.Null(second.Json["next"]);

        // A list cannot continue after a deleted image: the client must start again.
        await world.Glance.DeleteImageAsync(Ids(first)[1]);
        Assert.Equal(400, (await glance.SendAsync("GET", next["/v2".Length..])).Status);
    }

    [Fact]
    public async Task An_unknown_filter_returns_an_empty_list()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world);
        var list = await glance.SendAsync("GET", $"/images?id=in:{image}&colour=blue");
        Assert.Equal(200, list.Status);
        Assert.Empty(Ids(list));
    }

    [Fact]
    public async Task A_list_by_tags_requires_all_of_them()
    {
        await using var world = await CreateAsync();
        var (glance, both) = await ImageAsync(world, $"a-{world.Namespace}", $"b-{world.Namespace}");
        await world.Glance.CreateQueuedImageAsync("one", $"a-{world.Namespace}");
        Assert.Equal([both], Ids(await glance.SendAsync("GET", $"/images?tag=a-{world.Namespace}&tag=b-{world.Namespace}")));
    }

    [Fact]
    public async Task A_list_by_update_time_finds_the_changed_images()
    {
        await using var world = await CreateAsync();
        var (glance, image) = await ImageAsync(world);
        var updated = await UpdatedAsync(glance, image);
        Assert.Equal([image], Ids(await glance.SendAsync("GET", $"/images?id=in:{image}&updated_at=gte:{updated:yyyy-MM-ddTHH:mm:ssZ}")));
        Assert.Empty(Ids(await glance.SendAsync("GET", $"/images?id=in:{image}&updated_at=gt:{updated:yyyy-MM-ddTHH:mm:ssZ}")));
    }

    /// <summary>Glance 33 has no server of its own. Here it runs under uwsgi, which changes some responses.</summary>
    protected virtual bool UnderUwsgi => false;

    /// <summary>A user with the role reader in the project demo.</summary>
    protected abstract Task<IRevocableUser> ReaderAsync(World world);

    /// <summary>Whether the server has the policies that are the default of later releases.</summary>
    protected virtual bool SecureRbac => false;

    /// <summary>The settings that make a server comparable.</summary>
    protected virtual void Prepare(World world)
    {
    }

    private async Task<World> CreateAsync()
    {
        var world = await TWorld.CreateAsync();
        Prepare(world);
        return world;
    }

    private static async Task<(RawGlance Glance, string Image)> ImageAsync(World world, params string[] tags) =>
        (await RawGlance.LoginAsync(world.CloudsYaml, "demo"), await world.Glance.CreateImageAsync($"image-{world.Namespace}", tags));

    private static async Task<DateTimeOffset> UpdatedAsync(RawGlance glance, string image) =>
        DateTimeOffset.Parse((string)(await glance.ShowAsync(image))["updated_at"]!, null);

    private static string[] Ids(RawAnswer list) => [.. list.Json["images"]!.AsArray().Select(image => (string)image!["id"]!)];
}
