using System.Text.Json.Nodes;
using ImageTagOperator.Contracts;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests;

/// <summary>An application credential for one test. Its owner creates and deletes it: even an administrator has no permission to.</summary>
internal sealed class RealApplicationCredential(RawKeystone keystone, Dictionary<string, string> demo, string path, JsonNode made)
    : IApplicationCredential
{
    public string Id => (string)made["id"]!;

    public string Name => (string)made["name"]!;

    public string Secret => (string)made["secret"]!;

    public static async Task<RealApplicationCredential> CreateAsync(World world)
    {
        var keystone = new RawKeystone(world.CloudsYaml);
        var login = await keystone.LoginAsync("demo");
        var demo = new Dictionary<string, string> { ["X-Auth-Token"] = login.Headers["X-Subject-Token"] };
        var path = $"/users/{login.Json["token"]!["user"]!["id"]}/application_credentials";
        var body = new JsonObject { ["application_credential"] = new JsonObject { ["name"] = $"app-{world.Namespace}" } };
        var created = await keystone.SendAsync("POST", path, demo, body.ToJsonString());
        return new RealApplicationCredential(keystone, demo, path, created.Json["application_credential"]!);
    }

    public async ValueTask DisposeAsync() => await keystone.SendAsync("DELETE", $"{path}/{Id}", demo);
}
