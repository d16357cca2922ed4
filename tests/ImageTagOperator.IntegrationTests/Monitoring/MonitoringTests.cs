using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.Kubernetes.Yaml;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.IntegrationTests.Monitoring;

/// <summary>Metrics, alerts and dashboard with a real Prometheus. That they load proves little: a misspelt name loads too.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string Dashboard = Path.Combine(RealServers.Root, "charts", "image-tag-operator", "files", "dashboard.json");

    [Fact]
    public async Task Every_alert_fires_when_it_should_and_only_then()
    {
        RealPrometheus.Needed();
        await Shell.RunAsync("promtool", ["check", "rules", RealPrometheus.Rules]);
        await Shell.RunAsync("promtool", ["test", "rules",
            Path.Combine(RealServers.Root, "tests", "ImageTagOperator.IntegrationTests", "Monitoring", "alerts_test.yaml")]);
    }

    [Fact]
    public async Task Every_alert_is_tested_and_explained()
    {
        var tests = await File.ReadAllTextAsync(
            Path.Combine(RealServers.Root, "tests", "ImageTagOperator.IntegrationTests", "Monitoring", "alerts_test.yaml"));
        var operations = await File.ReadAllTextAsync(Path.Combine(RealServers.Root, "docs", "operations.md"));
        foreach (var rule in Alerts())
        {
            var name = (string)rule["alert"]!;
            Assert.Contains($"alertname: {name}\n    exp_alerts", tests, StringComparison.Ordinal);
            Assert.Equal($"docs/operations.md#{name.ToLowerInvariant()}", (string?)rule["annotations"]!["runbook"]);
            Assert.Matches($"(?m)^##+ {name}$", operations);     // which makes the anchor
            Assert.NotNull(rule["annotations"]!["summary"]);
            Assert.NotNull(rule["annotations"]!["description"]);
        }
    }

    [Fact]
    public async Task A_real_Prometheus_has_data_for_every_alert_and_every_panel()
    {
        RealPrometheus.Needed();
        await using var world = await RealWorld.CreateAsync();
        var process = await world.StartOperatorAsync();
        var target = new Uri(process.HealthUrl).Authority;
        await using var prometheus = await RealPrometheus.StartAsync(target);
        await WaitAsync("up == 1");     // series that come later count from 0

        // A change, a corrected drift, a missing image, rejected credentials, and an unreachable cloud.
        var image = await world.Glance.CreateImageAsync("monitored", "old");
        await world.CreateAsync(world.Set("monitored", image, "golden", "lts"));
        await world.CreateAsync(world.Set("missing", Guid.NewGuid().ToString(), "golden"));
        await AddAsync("refused", Regex.Replace(world.CloudsYaml, "password: .*", "password: wrong"));
        await AddAsync("away", Regex.Replace(world.CloudsYaml, "auth_url: .*", "auth_url: http://127.0.0.1:9/v3"));
        await world.ReadyAsync("monitored", "True");
        await world.Glance.SetTagsAsync(image, "lts", "intruder");
        await world.RequestAsync("monitored", "now");
        await world.TagsAsync(image, "golden", "lts");
        await world.ReadyAsync("missing", "False", "ImageNotFound");
        await world.ReadyAsync("refused", "False", "CredentialsRejected");

        await WaitAsync("imagetags_drift_found_total{namespace=\"tags\"} == 2");
        await WaitAsync("imagetags_cloud_circuit_open == 1");
        using var http = new HttpClient();
        await Shell.RunAsync("promtool", ["check", "metrics"], await http.GetStringAsync(new Uri(process.HealthUrl + "/metrics")));

        foreach (var rule in Alerts())
        {
            var expression = (string)rule["expr"]!;
            await prometheus.QueryAsync(expression);    // must not be an error
            foreach (var selector in Selectors(expression)) await WaitAsync(selector);
        }

        foreach (var query in Panels())
        {
            if (query.Contains("kube_imagetagset_", StringComparison.Ordinal)) await prometheus.QueryAsync(query);  // must not be an error
            else await WaitAsync(query);
        }

        Assert.Equal(Alerts().Select(rule => $"{rule["alert"]} ok"), await prometheus.LoadedAlertsAsync());

        Task WaitAsync(string query) => world.UntilAsync(
            () => prometheus.QueryAsync(query), values => values.Any(value => !double.IsNaN(value)), $"data for {query}", values =>
                $"there are {values.Count} series");

        async Task AddAsync(string name, string cloudsYaml)
        {
            await world.Kubernetes.CreateAsync(new V1Secret { Metadata = new() { Name = name, NamespaceProperty = world.Namespace },
                StringData = new Dictionary<string, string> { ["clouds.yaml"] = cloudsYaml } });
            var set = world.Set(name, Guid.NewGuid().ToString(), "golden");
            set.Spec.CloudCredentialsRef = set.Spec.CloudCredentialsRef with { SecretName = name };
            await world.CreateAsync(set);
        }
    }

    private static IReadOnlyList<JsonNode> Alerts() =>
        [.. KubernetesYaml.LoadAll(File.ReadAllText(RealPrometheus.Rules))[0]["groups"]!.AsArray()
            .SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!)];

    /// <summary>The metrics in an expression, with their labels.</summary>
    private static IEnumerable<string> Selectors(string expression) => Selector().Matches(expression).Select(match => match.Value)
        .Distinct();

    /// <summary>The queries that Grafana would send. kube-state-metrics is not installed.</summary>
    private static IReadOnlyList<string> Panels()
    {
        var panels = JsonNode.Parse(File.ReadAllText(Dashboard))!["panels"]!.AsArray();
        return [.. panels.SelectMany(panel => panel!["targets"]?.AsArray() ?? []).Select(target => (string)target!["expr"]!)
            .Select(query => query
                .Replace("$cluster", ".*", StringComparison.Ordinal)
                .Replace("$namespace", "tags", StringComparison.Ordinal)
                .Replace("$job", "image-tag-operator", StringComparison.Ordinal)
                .Replace("$__rate_interval", "60s", StringComparison.Ordinal))];
    }

    [GeneratedRegex("\\b(imagetags_[a-z_]+|up(?=\\{))(\\{[^}]*\\})?")]
    private static partial Regex Selector();
}
