using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.IntegrationTests.Chart;

/// <summary>Renders the chart with the real helm.</summary>
internal static class Helm
{
    /// <summary>The version of the test servers. It selects the API versions of the kinds.</summary>
    private const string KubernetesVersion = "1.20.2";

    public static string Chart => Path.Combine(RealServers.Root, "charts", "image-tag-operator");

    /// <summary>Values that only name the image, without which the chart renders nothing. Other values override them.</summary>
    public static string Image { get; } = Path.Combine(Golden, "..", "image.yaml");

    /// <summary>Sets of values, and the chart rendered with each.</summary>
    public static string Golden => Path.Combine(RealServers.Root, "tests", "ImageTagOperator.IntegrationTests", "Chart", "Golden");

    /// <summary>The output of <c>helm template</c>.</summary>
    /// <param name="options">Options of helm, such as <c>--set</c>.</param>
    public static Task<string> TemplateAsync(string release, string inNamespace, params string[] options) =>
        Shell.RunAsync("helm", ["template", release, Chart, "-n", inNamespace, "--kube-version", KubernetesVersion, "-f", Image, .. options]);

    public static async Task<IReadOnlyList<JsonNode>> ObjectsAsync(string release, string inNamespace, params string[] options) =>
        KubernetesYaml.LoadAll(await TemplateAsync(release, inNamespace, options));

    /// <summary>Lines of <c>Kind namespace/name</c> and, for a role, its permissions in a normal form.</summary>
    public static IEnumerable<string> Permissions(IEnumerable<JsonNode> objects) =>
        from role in objects
        where (string)role["kind"]! is "ClusterRole" or "Role"
        from rule in role["rules"]!.AsArray()
        from resource in rule!["resources"]!.AsArray()
        from verb in rule["verbs"]!.AsArray()
        let names = rule["resourceNames"] is { } only ? string.Join(',', only.AsArray()) : "*"
        let kind = $"{role["kind"]} {role["metadata"]!["namespace"]}/{role["metadata"]!["name"]}"
        orderby kind, $"{resource}", $"{verb}"
        select $"{kind}: {verb} {resource}.{rule["apiGroups"]![0]} {names}";
}
