using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Architecture;

/// <summary>The examples for Flux only use names that exist.</summary>
public sealed partial class FluxTests
{
    private static readonly string Repository = CommandRun.RepositoryFolder();

    private static readonly JsonNode Definition = KubernetesYaml.LoadAll(CrdCommand.Yaml())[0]["spec"]!;

    private static readonly JsonNode Schema = Definition["versions"]![0]!["schema"]!["openAPIV3Schema"]!;

    [Fact]
    public void Each_expression_uses_existing_fields_and_conditions()
    {
        var checks = Objects().Where(o => (string)o["kind"]! == "Kustomization")
            .SelectMany(o => o["spec"]!["healthCheckExprs"]?.AsArray() ?? []).ToArray();
        Assert.NotEmpty(checks);
        foreach (var check in checks)
        {
            Assert.Equal((Version, "ImageTagSet"), ((string)check!["apiVersion"]!, (string)check["kind"]!));
            foreach (var (name, expression) in check.AsObject().Where(field => field.Key is not ("apiVersion" or "kind")))
            {
                Assert.Contains(name, (string[])["inProgress", "failed", "current"]);
                var text = (string)expression!;
                Assert.Equal(text.Count(c => c == '('), text.Count(c => c == ')'));
                var fields = Field().Matches(text).Select(field => field.Value).ToArray();
                Assert.NotEmpty(fields);
                Assert.All(fields, field => Assert.NotNull(Find(Schema, field.Split('.'))));
                Assert.All(OfCondition().Matches(text), field => Assert.NotNull(
                    Find(Schema, ["status", "conditions", field.Groups[1].Value])));
                Assert.All(Quoted().Matches(text), word => Assert.Contains(
                    word.Groups[1].Value, (string[])["Ready", "Stalled", "Reconciling", "Drifted", "True", "False", "Unknown"]));
            }
        }
    }

    [Fact]
    public void Each_health_check_and_dependency_refers_to_an_existing_object()
    {
        var objects = Objects().ToArray();
        var names = objects.Select(o => $"{o["kind"]} {o["metadata"]!["name"]}").ToHashSet();
        foreach (var kustomization in objects.Where(o => (string)o["kind"]! == "Kustomization"))
        {
            Assert.All(kustomization["spec"]!["dependsOn"]?.AsArray() ?? [], other => Assert.Contains($"Kustomization {other!["name"]}", names));
            Assert.Contains($"{kustomization["spec"]!["sourceRef"]!["kind"]} {kustomization["spec"]!["sourceRef"]!["name"]}", names);
            Assert.All(
                kustomization["spec"]!["healthChecks"]?.AsArray().Where(check => (string?)check!["kind"] == "ImageTagSet") ?? [],
                check => Assert.Equal(Version, (string?)check!["apiVersion"]));
        }
    }

    [Fact]
    public void The_values_are_those_of_the_chart()
    {
        var values = KubernetesYaml.LoadAll(File.ReadAllText(Path.Combine(Repository, "charts", "image-tag-operator", "values.yaml")))[0];
        var release = Objects().Single(o => (string)o["kind"]! == "HelmRelease")["spec"]!;
        Assert.All(Leaves(release["values"]!), path => Assert.NotNull(path.Aggregate(values, (node, key) => node[key]!)));
        // The definition is a template of the chart, so Flux needs no CRD policy for a folder crds/.
        Assert.Null(release["install"]?["crds"]);

        static IEnumerable<string[]> Leaves(JsonNode node) => node is not JsonObject map ? [[]]
            : map.SelectMany(pair => Leaves(pair.Value!).Select(rest => (string[])[pair.Key, .. rest]));
    }

    private static string Version => $"{Definition["group"]}/{Definition["versions"]![0]!["name"]}";

    private static IEnumerable<JsonNode> Objects() => Directory.EnumerateFiles(Path.Combine(Repository, "config", "flux"), "*.yaml")
        .Order(StringComparer.Ordinal).SelectMany(file => KubernetesYaml.LoadAll(File.ReadAllText(file)));

    private static JsonNode? Find(JsonNode schema, IEnumerable<string> path) => path.Aggregate(
        (JsonNode?)schema, (at, name) => at is null ? null : (at["items"] ?? at)["properties"]?[name]);

    [GeneratedRegex(@"\b(?:spec|status)\.[A-Za-z]+(?:\.(?!exists\b|all\b|filter\b)[A-Za-z]+)*")]
    private static partial Regex Field();

    [GeneratedRegex(@"\bc\.([A-Za-z]+)")]
    private static partial Regex OfCondition();

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex Quoted();
}
