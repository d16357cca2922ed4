using System.Text.Json.Nodes;
using ImageTagOperator.Contracts;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests;

/// <summary>A user for one test, with one role in the project demo.</summary>
internal sealed class RealUser : IRevocableUser
{
    private const string Password = "contract-secret";

    private readonly World world;
    private readonly RawKeystone keystone;
    private readonly Dictionary<string, string> admin;
    private readonly string name;
    private readonly string id;

    private RealUser(World world, RawKeystone keystone, Dictionary<string, string> admin, string name, string id)
    {
        (this.world, this.keystone, this.admin, this.name, this.id) = (world, keystone, admin, name, id);
        var demo = CloudsYaml.Parse(world.CloudsYaml, "demo");
        Cloud = demo with { Credential = (PasswordCredential)demo.Credential with { Username = name, Password = Password } };
    }

    public CloudConfiguration Cloud { get; }

    public static async Task<RealUser> CreateAsync(World world, string role)
    {
        var keystone = new RawKeystone(world.CloudsYaml);
        var admin = new Dictionary<string, string> { ["X-Auth-Token"] = (await keystone.LoginAsync("admin")).Headers["X-Subject-Token"] };
        var project = (string)(await keystone.LoginAsync("demo")).Json["token"]!["project"]!["id"]!;
        var roleId = (string)(await keystone.SendAsync("GET", $"/roles?name={role}", admin)).Json["roles"]![0]!["id"]!;
        var name = $"user-{world.Namespace}";
        var user = new JsonObject { ["name"] = name, ["password"] = Password, ["domain_id"] = "default" };
        var created = await keystone.SendAsync("POST", "/users", admin, new JsonObject { ["user"] = user }.ToJsonString());
        var id = (string)created.Json["user"]!["id"]!;
        await keystone.SendAsync("PUT", $"/projects/{project}/users/{id}/roles/{roleId}", admin);
        return new RealUser(world, keystone, admin, name, id);
    }

    /// <summary>Keystone revokes all tokens of a disabled user, including those of the same second.</summary>
    public async Task RevokeAsync()
    {
        await EnableAsync(false);
        await EnableAsync(true);
        await world.UntilAsync(
            NewTokenAsync, status => status == 200, $"a new token of {name} to be good", status => $"Keystone says {status}");
    }

    public async ValueTask DisposeAsync() => await keystone.SendAsync("DELETE", $"/users/{id}", admin);

    private Task EnableAsync(bool enabled) => keystone.SendAsync(
        "PATCH", $"/users/{id}", admin, new JsonObject { ["user"] = new JsonObject { ["enabled"] = enabled } }.ToJsonString());

    private async Task<int> NewTokenAsync()
    {
        var login = await keystone.LoginAsync(keystone.Password(name, Password), RawKeystone.Project("demo"));
        if (login.Status != 201) return login.Status;
        var subject = new Dictionary<string, string>(admin) { ["X-Subject-Token"] = login.Headers["X-Subject-Token"] };
        return (await keystone.SendAsync("GET", "/auth/tokens", subject)).Status;
    }
}
