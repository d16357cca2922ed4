using System.Text.Json.Nodes;

namespace ImageTagOperator.IntegrationTests;

/// <summary>A ServiceAccount with a token issued by the API server, and a kubeconfig that reads the token from a file, as in a
/// pod.</summary>
internal sealed class ServiceAccount : IDisposable
{
    private readonly string administrator;
    private readonly string inNamespace;
    private readonly string name;
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("service-account-");

    private ServiceAccount(string administrator, string inNamespace, string name) =>
        (this.administrator, this.inNamespace, this.name) = (administrator, inNamespace, name);

    public string Kubeconfig => Path.Combine(folder.FullName, "kubeconfig");

    public string TokenFile => Path.Combine(folder.FullName, "token");

    /// <summary>The user name in the audit log.</summary>
    public string Username => $"system:serviceaccount:{inNamespace}:{name}";

    /// <param name="administrator">Path of an administrator's kubeconfig.</param>
    /// <param name="boundTo">A Secret; deleting it revokes the token.</param>
    public static async Task<ServiceAccount> CreateAsync(string administrator, string inNamespace, string name, string? boundTo = null)
    {
        await Shell.RunAsync("kubectl", ["--kubeconfig", administrator, "-n", inNamespace, "create", "serviceaccount", name]);
        return await OfAsync(administrator, inNamespace, name, boundTo);
    }

    /// <summary>An existing ServiceAccount.</summary>
    public static async Task<ServiceAccount> OfAsync(string administrator, string inNamespace, string name, string? boundTo = null)
    {
        var account = new ServiceAccount(administrator, inNamespace, name);
        File.Copy(administrator, account.Kubeconfig);
        string[] config = ["--kubeconfig", account.Kubeconfig, "config"];
        await Shell.RunAsync("kubectl", [.. config, "set", "users.account.tokenFile", account.TokenFile]);
        await Shell.RunAsync("kubectl", [.. config, "set-context", "--current", "--user=account", $"--namespace={inNamespace}"]);
        await account.RenewTokenAsync(boundTo);
        return account;
    }

    public async Task RenewTokenAsync(string? boundTo = null)
    {
        string[] bound = boundTo is null ? [] : ["--bound-object-kind=Secret", $"--bound-object-name={boundTo}"];
        await File.WriteAllTextAsync(TokenFile, await KubectlAsync(["create", "token", name, .. bound]));
    }

    /// <summary>Binds a role in its namespace to it.</summary>
    /// <param name="rules">The group, the resources and the verbs of each rule, separated by commas.</param>
    public async Task AllowAsync(params (string Group, string Resources, string Verbs)[] rules)
    {
        var role = $"{name}-{Guid.NewGuid():N}"[..20];
        var list = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "List",
            ["items"] = new JsonArray(
                Manifest("Role", role, new JsonObject { ["rules"] = new JsonArray([.. rules.Select(Rule)]) }),
                Manifest("RoleBinding", role, new JsonObject
                {
                    ["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Role", ["name"] = role },
                    ["subjects"] = new JsonArray(
                        new JsonObject { ["kind"] = "ServiceAccount", ["name"] = name, ["namespace"] = inNamespace }),
                })),
        };
        await Shell.RunAsync("kubectl", [.. Administrator, "apply", "-f", "-"], list.ToJsonString());

        static JsonObject Rule((string Group, string Resources, string Verbs) rule) => new()
        {
            ["apiGroups"] = new JsonArray(rule.Group),
            ["resources"] = new JsonArray([.. rule.Resources.Split(',')]),
            ["verbs"] = new JsonArray([.. rule.Verbs.Split(',')]),
        };
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string[] Administrator => ["--kubeconfig", administrator, "-n", inNamespace];

    private static JsonObject Manifest(string kind, string name, JsonObject manifest)
    {
        manifest["apiVersion"] = "rbac.authorization.k8s.io/v1";
        manifest["kind"] = kind;
        manifest["metadata"] = new JsonObject { ["name"] = name };
        return manifest;
    }

    private Task<string> KubectlAsync(params string[] arguments) => Shell.RunAsync("kubectl", [.. Administrator, .. arguments]);
}
