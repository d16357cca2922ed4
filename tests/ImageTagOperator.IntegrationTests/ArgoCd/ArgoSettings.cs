using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.IntegrationTests.ArgoCd;

/// <summary>The scripts as Argo CD reads them, from the data of the ConfigMap argocd-cm.</summary>
internal sealed class ArgoSettings(IReadOnlyDictionary<string, string> data)
{
    public const string HealthKey = "resource.customizations.health.imagetags.io_ImageTagSet";
    public const string ActionsKey = "resource.customizations.actions.imagetags.io_ImageTagSet";

    private static readonly string[] ActionNames = ["reconcile", "suspend", "resume"];

    private readonly JsonNode actions = KubernetesYaml.LoadAll(data[ActionsKey]).Single();

    public static string Folder => Path.Combine(RealServers.Root, "config", "argocd");

    /// <summary>The scripts and their tests, in the layout that Argo CD's own repository uses for a kind.</summary>
    public static string Customization => Path.Combine(Folder, "resource_customizations", "imagetags.io", "ImageTagSet");

    /// <summary>The committed settings.</summary>
    public static ArgoSettings Committed { get; } = new(ScriptData());

    public Task<JsonNode> HealthAsync(JsonNode set) => ArgoLua.RunAsync(data[HealthKey], set);

    /// <summary>The names of the actions that are enabled in this state.</summary>
    public async Task<IReadOnlyList<string>> OfferedAsync(JsonNode set)
    {
        var discovered = (await ArgoLua.RunAsync((string)actions["discovery.lua"]!, set)).AsObject();
        return [.. discovered.Where(action => !(bool)action.Value!["disabled"]!).Select(action => action.Key).Order()];
    }

    /// <summary>The object after the action.</summary>
    public Task<JsonNode> ActAsync(string action, JsonNode set) =>
        ArgoLua.RunAsync(
            (string)actions["definitions"]!.AsArray().Single(definition => (string?)definition!["name"] == action)!["action.lua"]!, set);

    /// <summary>argocd-cm.yaml and values.yaml, generated from the scripts.</summary>
    public static IReadOnlyDictionary<string, string> Snippets()
    {
        var entries = new JsonObject();
        foreach (var (key, value) in ScriptData()) entries[key] = value;
        return new Dictionary<string, string>
        {
            ["argocd-cm.yaml"] = Headed(
                "Tells Argo CD what an ImageTagSet's health is, and which actions it has:",
                "kubectl -n argocd patch configmap argocd-cm --type=merge --patch-file config/argocd/argocd-cm.yaml",
                new JsonObject { ["data"] = entries.DeepClone() }),
            ["values.yaml"] = Headed(
                "The same as argocd-cm.yaml, for those who install Argo CD with its Helm chart:",
                "helm upgrade argocd argo-cd --reuse-values -f config/argocd/values.yaml ...",
                new JsonObject { ["configs"] = new JsonObject { ["cm"] = entries } }),
        };
    }

    private static string Headed(string what, string how, JsonNode content) => new StringBuilder()
        .Append("# ").Append(what).Append("\n#   ").Append(how).Append("\n# Made of the scripts below resource_customizations by `make argocd`.\n")
            .Append(KubernetesYaml.Serialize(content)).ToString();

    private static Dictionary<string, string> ScriptData() => new()
    {
        [HealthKey] = Script("health.lua"),
        [ActionsKey] = KubernetesYaml.Serialize(new JsonObject
        {
            ["discovery.lua"] = Script("actions/discovery.lua"),
            ["definitions"] = new JsonArray(
                [.. ActionNames.Select(name => new JsonObject { ["name"] = name, ["action.lua"] = Script($"actions/{name}/action.lua") })]),
        }),
    };

    private static string Script(string path) => File.ReadAllText(Path.Combine(Customization, path));
}
