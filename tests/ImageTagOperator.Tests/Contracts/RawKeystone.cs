using System.Text.Json.Nodes;
using ImageTagOperator.OpenStack.Configuration;

namespace ImageTagOperator.Contracts;

/// <summary>A plain HTTP client for Keystone.</summary>
public sealed class RawKeystone(string cloudsYaml)
{
    private readonly Uri v3 = CloudsYaml.Parse(cloudsYaml, "demo").AuthUrl;

    /// <summary>The password of a cloud in clouds.yaml.</summary>
    public string PasswordOf(string cloud) => ((PasswordCredential)CloudsYaml.Parse(cloudsYaml, cloud).Credential).Password;

    public JsonObject Password(string user, string? password = null) => new()
    {
        ["methods"] = new JsonArray("password"),
        ["password"] = new JsonObject { [
            "user"] = new JsonObject { ["name"] = user, ["domain"] = Domain(), ["password"] = password ?? PasswordOf(user) } },
    };

    public static JsonObject Project(string name) => new() { ["project"] = new JsonObject { ["name"] = name, ["domain"] = Domain() } };

    public static JsonObject ApplicationCredential(string id, string secret) => new()
    {
        ["methods"] = new JsonArray("application_credential"),
        ["application_credential"] = new JsonObject { ["id"] = id, ["secret"] = secret },
    };

    public static JsonObject Domain() => new() { ["name"] = "Default" };

    public Task<RawAnswer> LoginAsync(JsonObject identity, JsonNode? scope = null)
    {
        var auth = new JsonObject { ["identity"] = identity };
        if (scope is not null) auth["scope"] = scope;
        return SendAsync("POST", "/auth/tokens", null, new JsonObject { ["auth"] = auth }.ToJsonString());
    }

    /// <summary>A token for the project of a cloud in clouds.yaml.</summary>
    public async Task<RawAnswer> LoginAsync(string cloud) => await LoginAsync(Password(cloud), Project(cloud));

    public Task<RawAnswer> SendAsync(
        string method, string path, IReadOnlyDictionary<string, string>? headers = null, string? body = null) =>
        RawHttp.SendAsync(v3, method, v3.AbsolutePath + path, new Dictionary<string,
            string>(headers ?? new Dictionary<string, string>()) { ["Content-Type"] = "application/json" }, body);
}
