using System.Text.Json.Nodes;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Contracts;

/// <summary>Keystone's responses to logins, on the wire.</summary>
public abstract class KeystoneContract<TWorld>
    where TWorld : World, IWorldFactory
{
    [Fact]
    public async Task A_password_login_returns_a_token_with_a_catalog()
    {
        await using var world = await TWorld.CreateAsync();
        var keystone = new RawKeystone(world.CloudsYaml);
        var login = await keystone.LoginAsync("demo");
        Assert.Equal((201, "application/json"), (login.Status, login.ContentType));
        Assert.True(login.Headers["X-Subject-Token"].Length > 100);
        var token = login.Json["token"]!;
        Assert.Equal(["password"], token["methods"]!.AsArray().Select(method => (string)method!));
        Assert.Equal(("demo", "Default"), ((string?)token["user"]!["name"], (string?)token["user"]!["domain"]!["name"]));
        Assert.Equal(("demo", "Default"), ((string?)token["project"]!["name"], (string?)token["project"]!["domain"]!["name"]));
        Assert.Contains("member", token["roles"]!.AsArray().Select(role => (string?)role!["name"]));
        Assert.Matches("^[0-9-]{10}T[0-9:]{8}\\.000000Z$", (string?)token["expires_at"]);
        Assert.InRange(DateTimeOffset.Parse((string)token["expires_at"]!, null), TimeProvider.System.GetUtcNow().AddMinutes(5),
            TimeProvider.System.GetUtcNow().AddHours(25));

        var image = token["catalog"]!.AsArray().Single(service => (string?)service!["type"] == "image")!;
        var endpoint = image["endpoints"]!.AsArray().Single(e => (string?)e!["interface"] == "public")!;
        Assert.Equal(("RegionOne", "RegionOne"), ((string?)endpoint["region"], (string?)endpoint["region_id"]));
        Assert.StartsWith("http", (string?)endpoint["url"], StringComparison.Ordinal);
        Assert.Equal(3, image["endpoints"]!.AsArray().Count);
    }

    [Fact]
    public async Task Ids_work_like_names()
    {
        await using var world = await TWorld.CreateAsync();
        var keystone = new RawKeystone(world.CloudsYaml);
        var token = (await keystone.LoginAsync("demo")).Json["token"]!;
        var identity = keystone.Password("demo");
        identity["password"]![
            "user"] = new JsonObject { ["id"] = (string?)token["user"]!["id"], ["password"] = keystone.PasswordOf("demo") };
        var login = await keystone.LoginAsync(
            identity, new JsonObject { ["project"] = new JsonObject { ["id"] = (string?)token["project"]!["id"] } });
        Assert.Equal((201, "demo"), (login.Status, (string?)login.Json["token"]!["project"]!["name"]));
    }

    [Fact]
    public async Task A_wrong_password_an_unknown_user_and_a_foreign_project_get_the_same_error()
    {
        await using var world = await TWorld.CreateAsync();
        var keystone = new RawKeystone(world.CloudsYaml);
        RawAnswer[] refused =
        [
            await keystone.LoginAsync(keystone.Password("demo", "wrong"), RawKeystone.Project("demo")),
            await keystone.LoginAsync(keystone.Password("nobody", "wrong"), RawKeystone.Project("demo")),
            await keystone.LoginAsync(keystone.Password("demo"), RawKeystone.Project("other")),
            await keystone.LoginAsync(keystone.Password("demo"), RawKeystone.Project("nowhere")),
        ];
        Assert.All(refused, answer =>
        {
            Assert.Equal((401, "application/json"), (answer.Status, answer.ContentType));
            Assert.Equal("The request you have made requires authentication.", (string?)answer.Json["error"]!["message"]);
            Assert.Equal((401, "Unauthorized"), ((int)answer.Json["error"]!["code"]!, (string?)answer.Json["error"]!["title"]));
            Assert.False(answer.Headers.ContainsKey("X-Subject-Token"));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("no JSON")]
    [InlineData("""{"auth": {}}""")]
    [InlineData("""{"auth": {"identity": {"methods": ["password"]}}}""")]
    public async Task A_malformed_login_is_400(string body)
    {
        await using var world = await TWorld.CreateAsync();
        var answer = await new RawKeystone(world.CloudsYaml).SendAsync("POST", "/auth/tokens", body: body);
        Assert.Equal((400, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(400, (int)answer.Json["error"]!["code"]!);
    }

    [Fact]
    public async Task An_unscoped_token_has_no_catalog()
    {
        await using var world = await TWorld.CreateAsync();
        var keystone = new RawKeystone(world.CloudsYaml);
        var login = await keystone.LoginAsync(keystone.Password("demo"), "unscoped");
        Assert.Equal(201, login.Status);
        Assert.Null(login.Json["token"]!["catalog"]);
        Assert.Null(login.Json["token"]!["project"]);
        Assert.Null(login.Json["token"]!["roles"]);
    }

    [Fact]
    public async Task A_login_without_a_scope_uses_the_default_project_of_the_user()
    {
        await using var world = await TWorld.CreateAsync();
        var keystone = new RawKeystone(world.CloudsYaml);
        var login = await keystone.LoginAsync(keystone.Password("demo"));
        Assert.Equal((201, "demo"), (login.Status, (string?)login.Json["token"]!["project"]!["name"]));
    }

    [Fact]
    public async Task A_token_can_be_exchanged_validated_and_revoked()
    {
        await using var world = await TWorld.CreateAsync();
        var keystone = new RawKeystone(world.CloudsYaml);
        var first = (await keystone.LoginAsync("demo")).Headers["X-Subject-Token"];
        var identity = new JsonObject { ["methods"] = new JsonArray("token"), ["token"] = new JsonObject { ["id"] = first } };
        var traded = await keystone.LoginAsync(identity, RawKeystone.Project("demo"));
        Assert.Equal(201, traded.Status);
        Assert.Contains("token", traded.Json["token"]!["methods"]!.AsArray().Select(method => (string?)method));

        var second = traded.Headers["X-Subject-Token"];
        var itself = new Dictionary<string, string> { ["X-Auth-Token"] = second, ["X-Subject-Token"] = second };
        Assert.Equal(200, (await keystone.SendAsync("GET", "/auth/tokens", itself)).Status);
        Assert.Equal(204, (await keystone.SendAsync("DELETE", "/auth/tokens", itself)).Status);
        Assert.Equal(401, (await keystone.SendAsync("GET", "/auth/tokens", itself)).Status);
    }

    [Fact]
    public async Task An_application_credential_logs_in_to_its_own_project_and_rejects_a_scope()
    {
        await using var world = await TWorld.CreateAsync();
        await using var made = await ApplicationCredentialAsync(world);
        var keystone = new RawKeystone(world.CloudsYaml);
        var login = await keystone.LoginAsync(RawKeystone.ApplicationCredential(made.Id, made.Secret));
        Assert.Equal((201, "demo"), (login.Status, (string?)login.Json["token"]!["project"]!["name"]));
        Assert.Equal(["application_credential"], login.Json["token"]!["methods"]!.AsArray().Select(method => (string)method!));
        Assert.NotNull(login.Json["token"]!["catalog"]);

        var scoped = await keystone.LoginAsync(RawKeystone.ApplicationCredential(made.Id, made.Secret), RawKeystone.Project("demo"));
        Assert.Equal(401, scoped.Status);
        Assert.Contains(
            "Application credentials cannot request a scope", (string?)scoped.Json["error"]!["message"], StringComparison.Ordinal);
        Assert.Equal(401, (await keystone.LoginAsync(RawKeystone.ApplicationCredential(made.Id, "wrong"))).Status);
        var unknown = new string('0', 32);
        var missing = await keystone.LoginAsync(RawKeystone.ApplicationCredential(unknown, "wrong"));
        Assert.Equal(
            (404, $"Could not find Application Credential: {unknown}."), (missing.Status, (string?)missing.Json["error"]!["message"]));
    }

    [Fact]
    public async Task Our_client_logs_in_with_an_application_credential_by_id_and_by_name()
    {
        await using var world = await TWorld.CreateAsync();
        await using var made = await ApplicationCredentialAsync(world);
        var image = await world.Glance.CreateImageAsync("application", "golden");
        var cloud = CloudsYaml.Parse(world.CloudsYaml, "demo") with { Scope = new CloudScope() };
        ApplicationCredential[] forms =
        [
            new(made.Id, null, null, null, null, made.Secret),
            new(null, made.Name, null, "demo", new Domain(null, "Default"), made.Secret),
        ];
        foreach (var form in forms)
        {
            using var session = TestSession.Of(cloud with { Credential = form });
            Assert.Equal(["golden"], (await session.GetImageAsync(image, TestContext.Current.CancellationToken))!.Tags);
        }

        using var refused = TestSession.Of(cloud with { Credential = forms[0] with { Id = new string('0', 32) } });
        var error = await Assert.ThrowsAsync<CloudException>(() => refused.GetImageAsync(image, TestContext.Current.CancellationToken));
        Assert.Equal(CloudErrorKind.CredentialsRejected, error.Kind);
    }

    /// <summary>An application credential of the user demo.</summary>
    protected abstract Task<IApplicationCredential> ApplicationCredentialAsync(World world);
}
