using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Tests.Commands;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>The dashboard, and the configuration of kube-state-metrics for its tables of single sets. The integration tests check with a
/// real Prometheus that the queries have data.</summary>
public sealed partial class DashboardTests
{
    private const string Prefix = "kube_imagetagset";

    private static readonly JsonNode Dashboard = JsonNode.Parse(Read("charts/image-tag-operator/files/dashboard.json"))!;

    private static readonly JsonNode Resource = KubernetesYaml.LoadAll(Read("config/monitoring/kube-state-metrics.yaml"))[0]
        ["customResourceState"]!["config"]!["spec"]!["resources"]!.AsArray().Single()!;

    public static TheoryData<string> Titles => [.. Panels().Select(panel => (string)panel["title"]!)];

    [Theory]
    [MemberData(nameof(Titles))]
    public void Each_panel_has_a_description_and_a_threshold(string title)
    {
        var panel = Panels().Single(panel => (string)panel["title"]! == title);
        Assert.EndsWith(".", (string?)panel["description"], StringComparison.Ordinal);
        Assert.Equal("${datasource}", (string?)panel["datasource"]!["uid"]);
        var thresholds = panel["fieldConfig"]!["defaults"]!["thresholds"]!;
        Assert.Equal("absolute", (string?)thresholds["mode"]);
        var steps = thresholds["steps"]!.AsArray().Select(step => (Value: (double?)step!["value"], Color: (string)step["color"]!)).ToArray();
        Assert.Null(steps[0].Value);
        Assert.Equal(steps[1..].Select(step => step.Value).Order(), steps[1..].Select(step => step.Value));
        Assert.All(steps, step => Assert.Contains(step.Color, (string[])["green", "orange", "red"]));
        // A threshold must be visible.
        if ((string)panel["type"]! == "timeseries") Assert.Equal(
            steps.Length > 1, panel["fieldConfig"]!["defaults"]!["custom"]!["thresholdsStyle"] is not null);
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public void Each_query_uses_the_selected_variables(string title)
    {
        var targets = Panels().Single(panel => (string)panel["title"]! == title)["targets"]!.AsArray();
        Assert.All(targets, target => Assert.Equal("${datasource}", (string?)target!["datasource"]!["uid"]));
        var selectors = targets.SelectMany(target => Selector().Matches((string)target!["expr"]!)).Select(match => match.Value).ToArray();
        Assert.NotEmpty(selectors);
        Assert.All(selectors, selector => Assert.Contains(
            selector.StartsWith(Prefix, StringComparison.Ordinal) ? "{cluster=~\"$cluster\""
                : "{cluster=~\"$cluster\", namespace=\"$namespace\", job=\"$job\"", selector, StringComparison.Ordinal));
    }

    [Fact]
    public void A_data_source_a_cluster_a_namespace_and_a_job_can_be_selected()
    {
        var variables = Dashboard["templating"]!["list"]!.AsArray().Select(variable => variable!).ToArray();
        Assert.Equal(["datasource", "cluster", "namespace", "job"], variables.Select(variable => (string)variable["name"]!));
        Assert.Equal("datasource", (string?)variables[0]["type"]);
        Assert.All(variables[1..], variable => Assert.Equal("${datasource}", (string?)variable["datasource"]!["uid"]));
        // Metrics without such a label are about the whole cluster.
        Assert.Equal(".*", (string?)variables[1]["allValue"]);
    }

    [Fact]
    public void No_panel_covers_another()
    {
        var all = Dashboard["panels"]!.AsArray().Select(panel => panel!).ToArray();
        Assert.Equal(all.Length, all.Select(panel => (int)panel["id"]!).Distinct().Count());
        var cells = all.SelectMany(panel => Cells(panel["gridPos"]!)).ToArray();
        Assert.Equal(cells.Length, cells.Distinct().Count());
        Assert.All(cells, cell => Assert.InRange(cell.X, 0, 23));

        static IEnumerable<(int X, int Y)> Cells(JsonNode at) =>
            from x in Enumerable.Range((int)at["x"]!, (int)at["w"]!)
            from y in Enumerable.Range((int)at["y"]!, (int)at["h"]!)
            select (x, y);
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public void The_picture_shows_each_panel(string title) =>
        Assert.Contains($">{title}</text>", Read("docs/pictures/dashboard.svg"), StringComparison.Ordinal);

    [Fact]
    public void The_tables_of_single_sets_use_the_configured_metrics_of_kube_state_metrics()
    {
        Assert.Equal(Prefix, (string?)Resource["metricNamePrefix"]);
        var labels = Metrics().ToDictionary(
            metric => $"{Prefix}_{metric["name"]}",
            metric => Labels(Resource).Concat(Labels(metric["each"]![Kind(metric)]!)).Append("cluster").ToHashSet());
        var queries = Panels().SelectMany(panel => panel["targets"]!.AsArray()).Select(target => (string)target!["expr"]!)
            .Where(query => query.Contains(Prefix, StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(queries);
        foreach (var query in queries)
        {
            var metric = Assert.Single(Selector().Matches(query)).Groups["name"].Value;
            Assert.Contains(metric, labels.Keys);
            var used = Label().Matches(query).Select(label => label.Value)
                .Concat(Grouping().Match(query).Groups[1].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries));
            Assert.Subset(labels[metric], used.ToHashSet());
        }
    }

    [Fact]
    public void Each_path_of_the_configuration_is_a_field_of_the_definition()
    {
        var definition = KubernetesYaml.LoadAll(CrdCommand.Yaml())[0]["spec"]!;
        var version = definition["versions"]![0]!;
        Assert.Equal(
            ((string)definition["group"]!, (string)version["name"]!, (string)definition["names"]!["kind"]!),
            ((string)Resource["groupVersionKind"]!["group"]!, (string)Resource["groupVersionKind"]!["version"]!,
                (string)Resource["groupVersionKind"]!["kind"]!));
        var schema = version["schema"]!["openAPIV3Schema"]!;
        // Every object has these two fields.
        schema["properties"]!["metadata"]!["properties"] = new JsonObject
        {
            ["name"] = new JsonObject { ["type"] = "string" }, ["namespace"] = new JsonObject { ["type"] = "string" },
        };
        foreach (var path in Paths(Resource["labelsFromPath"])) Field(schema, path);
        foreach (var metric in Metrics())
        {
            var each = metric["each"]![Kind(metric)]!;
            var at = each["path"] is { } path ? Field(schema, path) : schema;
            foreach (var label in Paths(each["labelsFromPath"])) Field(at, label);
            if (Kind(metric) == "gauge") Assert.True(
                (string?)at["type"] is "integer" || (string?)at["format"] is "date-time", $"{metric["name"]} is no number: {at}");
        }
    }

    private static IEnumerable<JsonNode> Panels() => Dashboard["panels"]!.AsArray().Select(panel => panel!)
        .Where(panel => (string)panel["type"]! != "row");

    private static IEnumerable<JsonNode> Metrics() => Resource["metrics"]!.AsArray().Select(metric => metric!);

    /// <summary>The key below <c>each</c> with the metric's settings.</summary>
    private static string Kind(JsonNode metric) => ((string)metric["each"]!["type"]!).ToLowerInvariant();

    private static IEnumerable<string> Labels(JsonNode of) => of["labelsFromPath"]?.AsObject().Select(label => label.Key) ?? [];

    private static IEnumerable<JsonNode> Paths(JsonNode? labels) => labels?.AsObject().Select(label => label.Value!) ?? [];

    private static JsonNode Field(JsonNode schema, JsonNode path) => path.AsArray().Aggregate(
        schema, (at, name) => (at["items"] ?? at)["properties"]?[(string)name!]
            ?? throw new InvalidOperationException($"the definition has no {path.ToJsonString()}: {name} is missing"));

    private static string Read(string path) => File.ReadAllText(Path.Combine(CommandRun.RepositoryFolder(), path));

    [GeneratedRegex(@"\b(?<name>(?:imagetags|kube_imagetagset)_[a-z_]+|up(?=\{))\{[^}]*\}")]
    private static partial Regex Selector();

    [GeneratedRegex(@"[a-z_]+(?==~?""|!="")")]
    private static partial Regex Label();

    [GeneratedRegex(@"by \(([^)]*)\)")]
    private static partial Regex Grouping();
}
