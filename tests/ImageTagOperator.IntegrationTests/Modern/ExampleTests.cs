using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.IntegrationTests.Chart;
using ImageTagOperator.Kubernetes.Yaml;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Modern;

/// <summary>What the documents show and the chart renders, as far as this API server knows the kinds.</summary>
public sealed partial class ExampleTests
{
    /// <summary>Files with ImageTagSets in them.</summary>
    public static TheoryData<string> Files =>
    [
        .. new[] { "README.md", "docs", "config/samples", "config/flux", "config/argocd", "charts/image-tag-operator/Chart.yaml" }
            .Select(name => Path.Combine(RealServers.Root, name))
            .SelectMany(path => File.Exists(path) ? [path] : Directory.EnumerateFiles(path, "*.*", SearchOption.AllDirectories))
            .Where(file => file.EndsWith(".md", StringComparison.Ordinal) || file.EndsWith(".yaml", StringComparison.Ordinal))
            .Where(file => Sets(file).Any())
            .Select(file => Path.GetRelativePath(RealServers.Root, file)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Each_set_of_a_file_is_accepted_without_a_warning(string file)
    {
        await using var world = (ModernWorld)await ModernWorld.CreateAsync();
        foreach (var set in Sets(Path.Combine(RealServers.Root, file)))
        {
            var asked = new JsonObject
            {
                ["apiVersion"] = set["apiVersion"]!.DeepClone(),
                ["kind"] = "ImageTagSet",
                ["metadata"] = new JsonObject { ["name"] = set["metadata"]!["name"]!.DeepClone(), ["namespace"] = world.Namespace },
                ["spec"] = set["spec"]!.DeepClone(),
            };
            var (code, output) = await Shell.TryAsync(
                "kubectl",
                ["--kubeconfig", ModernWorld.ServerKubeconfig, "create", "--dry-run=server", "--validate=strict", "-o", "name", "-f", "-"],
                asked.ToJsonString());
            Assert.True(code == 0 && output.Trim() == $"imagetagset.imagetags.io/{set["metadata"]!["name"]}", $"{set}\n{output}");
        }
    }

    [Fact]
    public async Task The_definition_of_each_rendering_is_accepted()
    {
        await using var world = (ModernWorld)await ModernWorld.CreateAsync();
        var renderings = await Task.WhenAll(Directory.EnumerateFiles(Helm.Golden, "*.values.yaml").Select(
            values => Helm.ObjectsAsync("release", "default", "--kube-version", "1.36.0", "-f", values)));
        var definitions = renderings.SelectMany(objects => objects.Where(o => (string)o["kind"]! == "CustomResourceDefinition"))
            .Select(definition => definition.ToJsonString()).Distinct().ToArray();
        Assert.NotEmpty(definitions);
        foreach (var definition in definitions)
        {
            Assert.Contains("x-kubernetes-validations", definition, StringComparison.Ordinal);
            await world.KubectlAsync(
                definition, "apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "-f", "-");
        }
    }

    /// <summary>kube-state-metrics itself is not installed here: this follows its paths in an object that the server returns.</summary>
    [Fact]
    public async Task Each_path_of_kube_state_metrics_has_a_value_in_a_set_that_is_in_order()
    {
        await using var world = (ModernWorld)await ModernWorld.CreateAsync();
        var image = await world.Glance.CreateImageAsync(world.Namespace);
        await world.StartOperatorAsync();
        await world.CreateAsync(world.Set("seen", image, "golden"));
        await world.ReadyAsync("seen", "True");
        var set = JsonNode.Parse(await world.KubectlAsync(null, "get", "its", "seen", "-o", "json"))!;
        var resource = KubernetesYaml.LoadAll(
            await File.ReadAllTextAsync(Path.Combine(RealServers.Root, "config", "monitoring", "kube-state-metrics.yaml")))[0]
            ["customResourceState"]!["config"]!["spec"]!["resources"]![0]!;
        AssertLabels(set, resource);
        foreach (var metric in resource["metrics"]!.AsArray())
        {
            var (type, each) = metric!["each"]!.AsObject().Where(e => e.Key != "type").Select(e => (e.Key, e.Value!)).Single();
            var at = each["path"] is { } path ? At(set, path) : set;
            if (type == "gauge") Assert.Matches("^([0-9]+|[0-9-]{10}T[0-9:]{8}Z)$", $"{at}");
            foreach (var item in at as JsonArray ?? [at.DeepClone()]) AssertLabels(item!, each);
        }
    }

    private static void AssertLabels(JsonNode of, JsonNode settings)
    {
        foreach (var (_, path) in settings["labelsFromPath"]?.AsObject() ?? []) Assert.NotEqual("", $"{At(of, path!).AsValue()}");
    }

    private static JsonNode At(JsonNode o, JsonNode path) => path.AsArray().Aggregate(
        o, (at, name) => at[(string)name!] ?? throw new InvalidOperationException($"no {path.ToJsonString()} in {o}"));

    /// <summary>From the blocks of a document, and from values that are YAML themselves.</summary>
    private static IEnumerable<JsonNode> Sets(string file)
    {
        var text = File.ReadAllText(file);
        var manifests = file.EndsWith(".md", StringComparison.Ordinal)
            ? Blocks().Matches(text).Select(block => block.Groups[1].Value) : [text];
        var objects = manifests.SelectMany(manifest => KubernetesYaml.LoadAll(manifest)).ToArray();
        return objects.Concat(objects.SelectMany(o => (o as JsonObject)?["annotations"]?["artifacthub.io/crdsExamples"] is { } examples
                ? KubernetesYaml.LoadAll((string)examples!).SelectMany(list => list.AsArray().Select(example => example!)) : []))
            .Where(o => o is JsonObject && o["kind"] is JsonValue kind && (string?)kind == "ImageTagSet" && o["spec"] is not null);
    }

    [GeneratedRegex("^```yaml\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
