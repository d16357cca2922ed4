using System.Text.Json.Nodes;
using ImageTagOperator.Contracts;

namespace ImageTagOperator.IntegrationTests.UserGuide;

/// <summary>A Keystone domain for the guide, with the project and the user of its clouds.yaml.</summary>
internal sealed class GuideProject : IAsyncDisposable
{
    private readonly RawKeystone keystone;
    private readonly Dictionary<string, string> admin;
    private readonly RawGlance glance;
    private readonly string domain;
    private readonly string project;

    private GuideProject(
        RawKeystone keystone, Dictionary<string, string> admin, RawGlance glance, string name, string domain, string project) =>
        (this.keystone, this.admin, this.glance, Domain, this.domain, this.project) = (keystone, admin, glance, name, domain, project);

    /// <summary>The domain's name.</summary>
    public string Domain { get; }

    /// <param name="name">The name of the domain.</param>
    public static async Task<GuideProject> CreateAsync(string name, string projectName, string userName, string password)
    {
        var keystone = new RawKeystone(RealServers.CloudsYaml);
        var admin = new Dictionary<string, string> { ["X-Auth-Token"] = (await keystone.LoginAsync("admin")).Headers["X-Subject-Token"] };
        var role = (string)(await keystone.SendAsync("GET", "/roles?name=member", admin)).Json["roles"]![0]!["id"]!;
        var domain = await CreateAsync("domain", new JsonObject { ["name"] = name });
        var project = await CreateAsync("project", new JsonObject { ["name"] = projectName, ["domain_id"] = domain });
        var user = await CreateAsync("user", new JsonObject { ["name"] = userName, ["password"] = password, ["domain_id"] = domain });
        await keystone.SendAsync("PUT", $"/projects/{project}/users/{user}/roles/{role}", admin);
        return new(keystone, admin, await RawGlance.LoginAsync(RealServers.CloudsYaml, "admin"), name, domain, project);

        async Task<string> CreateAsync(string kind, JsonObject made) =>
            (string)(await keystone.SendAsync("POST", $"/{kind}s", admin, new JsonObject { [kind] = made }.ToJsonString())).Json[kind]![
                "id"]!;
    }

    /// <summary>Glance's address in Keystone's catalog.</summary>
    public Uri Glance => glance.Endpoint;

    public async ValueTask DisposeAsync()
    {
        foreach (var image in (await glance.SendAsync("GET", $"/images?owner={project}")).Json["images"]!.AsArray())
        {
            await glance.SendAsync("DELETE", $"/images/{image!["id"]}");
        }

        // Keystone only deletes a disabled domain, and then everything in it.
        await keystone.SendAsync("PATCH", $"/domains/{domain}", admin, """{"domain":{"enabled":false}}""");
        await keystone.SendAsync("DELETE", $"/domains/{domain}", admin);
    }
}
