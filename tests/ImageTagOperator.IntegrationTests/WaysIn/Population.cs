using System.Text.Json.Nodes;
using ImageTagOperator.Contracts;

namespace ImageTagOperator.IntegrationTests.WaysIn;

/// <summary>A new domain in the real Keystone with a user, a project, an application credential and a token. All have the same name, which
/// exists in no other domain: a client that confuses domains finds nothing.</summary>
internal sealed class Population : IAsyncDisposable
{
    public const string Password = "ways-in: s3cr3t";

    private readonly RawKeystone keystone = new(RealServers.CloudsYaml);
    private Dictionary<string, string> admin = [];

    public string Name { get; } = $"ways-in-{Guid.NewGuid():n}";

    public string AuthUrl => OpenStack.Configuration.CloudsYaml.Parse(RealServers.CloudsYaml, "demo").AuthUrl.AbsoluteUri;

    public string Domain { get; private set; } = "";

    public string User { get; private set; } = "";

    public string Project { get; private set; } = "";

    public string ApplicationCredential { get; private set; } = "";

    public string ApplicationCredentialSecret { get; private set; } = "";

    public string Token { get; private set; } = "";

    public static async Task<Population> CreateAsync()
    {
        var made = new Population();
        await made.FillAsync();
        return made;
    }

    /// <summary>User and scope of a token in one line, as Keystone reports them.</summary>
    public async Task<string> DescribeAsync(string token)
    {
        var answer = await keystone.SendAsync("GET", "/auth/tokens", new Dictionary<string, string>(admin) { ["X-Subject-Token"] = token });
        if (answer.Status != 200) return $"no token: {answer.Status}";
        var found = answer.Json["token"]!;
        var methods = string.Join('+', found["methods"]!.AsArray().Select(method => (string)method!).Order(StringComparer.Ordinal));
        var scope = found["project"] is { } project ? $"project {project["id"]}"
            : found["domain"] is { } domain ? $"domain {domain["id"]}"
            : found["system"] is not null ? "system" : "nothing";
        return $"{methods}: user {found["user"]!["id"]}, {scope}";
    }

    /// <summary>Deleting a domain deletes everything in it.</summary>
    public async ValueTask DisposeAsync()
    {
        await SendAsync("PATCH", $"/domains/{Domain}", new JsonObject { ["domain"] = new JsonObject { ["enabled"] = false } });
        await SendAsync("DELETE", $"/domains/{Domain}");
    }

    private async Task FillAsync()
    {
        admin = new() { ["X-Auth-Token"] = (await keystone.LoginAsync("admin")).Headers["X-Subject-Token"] };
        Domain = await CreateAsync("domain", new JsonObject { ["name"] = Name });
        User = await CreateAsync("user", new JsonObject { ["name"] = Name, ["password"] = Password, ["domain_id"] = Domain });
        Project = await CreateAsync("project", new JsonObject { ["name"] = Name, ["domain_id"] = Domain });
        var role = (string)(await SendAsync("GET", "/roles?name=member")).Json["roles"]![0]!["id"]!;
        foreach (var target in new[] { $"projects/{Project}", $"domains/{Domain}", "system" }) await SendAsync(
            "PUT", $"/{target}/users/{User}/roles/{role}");

        var identity = new JsonObject
        {
            ["methods"] = new JsonArray("password"),
            ["password"] = new JsonObject { ["user"] = new JsonObject { ["id"] = User, ["password"] = Password } },
        };
        Token = (await keystone.LoginAsync(identity, new JsonObject { ["project"] = new JsonObject { ["id"] = Project } })).Headers[
            "X-Subject-Token"];
        var credential = await keystone.SendAsync(
            "POST",
            $"/users/{User}/application_credentials",
            new Dictionary<string, string> { ["X-Auth-Token"] = Token },
            new JsonObject { ["application_credential"] = new JsonObject { ["name"] = Name } }.ToJsonString());
        var made = credential.Json["application_credential"]!;
        (ApplicationCredential, ApplicationCredentialSecret) = ((string)made["id"]!, (string)made["secret"]!);
    }

    private async Task<string> CreateAsync(string kind, JsonObject body) =>
        (string)(await SendAsync("POST", $"/{kind}s", new JsonObject { [kind] = body })).Json[kind]!["id"]!;

    private async Task<RawAnswer> SendAsync(string method, string path, JsonObject? body = null)
    {
        var answer = await keystone.SendAsync(method, path, admin, body?.ToJsonString());
        return answer.Status < 300 ? answer : throw new InvalidOperationException($"{method} {path}: {answer.Status}");
    }
}
