using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.IntegrationTests.Chart;

/// <summary>The chart, as the real helm renders it.</summary>
internal static class Helm
{
    /// <summary>Of the test servers. Chooses the versions of the kinds.</summary>
    private const string KubernetesVersion = "1.20.2";

    public static string Chart => Path.Combine(RealServers.Root, "charts", "image-tag-operator");

    /// <summary>Values that only say where the image is, without which the chart renders nothing. Others override them.</summary>
    public static string Image { get; } = Path.Combine(Golden, "..", "image.yaml");

    /// <summary>Sets of values, and what the chart makes of each.</summary>
    public static string Golden => Path.Combine(RealServers.Root, "tests", "ImageTagOperator.IntegrationTests", "Chart", "Golden");

    /// <summary>The rendering of <c>helm template</c>.</summary>
    /// <param name="options">Of helm, such as <c>--set</c>.</param>
    public static Task<string> TemplateAsync(string release, string inNamespace, params string[] options) =>
        Shell.RunAsync("helm", ["template", release, Chart, "-n", inNamespace, "--kube-version", KubernetesVersion, "-f", Image, .. options]);

    public static async Task<IReadOnlyList<JsonNode>> ObjectsAsync(string release, string inNamespace, params string[] options) =>
        KubernetesYaml.LoadAll(await TemplateAsync(release, inNamespace, options));

    /// <summary>Lines of <c>Kind namespace/name</c> and, for a role, what it allows: the same for two ways to write the same
    /// rights.</summary>
    public static IEnumerable<string> Rights(IEnumerable<JsonNode> objects) =>
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
