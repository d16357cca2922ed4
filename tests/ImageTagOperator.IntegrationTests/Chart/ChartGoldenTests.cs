using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.Kubernetes.Yaml;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Chart;

/// <summary>The rendered chart for each <c>*.values.yaml</c> in the folder Golden: complete for <c>default</c>, only the different objects
/// for the others. <c>make chart-golden</c> rewrites them.</summary>
public sealed partial class ChartGoldenTests
{
    private const string Suffix = ".values.yaml";
    private const string Default = "default" + Suffix;

    public static TheoryData<string> Values => [.. Directory.EnumerateFiles(Helm.Golden, "*" + Suffix).Select(file => Path.GetFileName(file))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Values))]
    public async Task The_rendering_matches_the_golden_file(string values)
    {
        var rendered = await ObjectsAsync(values);
        var usual = values == Default ? new() : await ObjectsAsync(Default);
        var missing = usual.Keys.Except(rendered.Keys).Select(name => $"# not there: {name}\n");
        var text = string.Concat([.. missing, .. rendered.Where(o => o.Value != usual.GetValueOrDefault(o.Key)).Select(o => o.Value)]);

        var file = Path.Combine(Helm.Golden, values.Replace(Suffix, ".yaml", StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("ITO_WRITE_CHART_GOLDEN") is not null) await File.WriteAllTextAsync(file, text);
        else Assert.Equal(await File.ReadAllTextAsync(file), text);
    }

    [Fact]
    public void Every_golden_file_has_its_values()
    {
        var kept = Directory.EnumerateFiles(Helm.Golden, "*.yaml").Select(file => Path.GetFileName(file))
            .Where(file => !file.EndsWith(Suffix, StringComparison.Ordinal));
        Assert.Equal(Values.Select(values => values.Data.Replace(Suffix, ".yaml", StringComparison.Ordinal)), kept.Order(StringComparer.Ordinal));
    }

    /// <summary>By kind and name. The definition and the dashboard are stored in other files.</summary>
    private static async Task<OrderedDictionary<string, string>> ObjectsAsync(string values)
    {
        if ((await Shell.TryAsync("sh", ["-c", "command -v helm"])).Code != 0) _ = RealServers.Kubeconfig; // skips or fails as the others do
        var rendering = await Helm.TemplateAsync("release", "default", "-f", Path.Combine(Helm.Golden, values));
        return new(Documents().Split(Dashboard().Replace(rendering, "$1    ...\n"))
            .Select(text => (Text: $"---\n{text}", Object: KubernetesYaml.LoadAll(text).SingleOrDefault()))
            .Where(one => one.Object is not null && (string)one.Object["kind"]! != "CustomResourceDefinition")
            .Select(one => KeyValuePair.Create(Name(one.Object!), one.Text)));
    }

    private static string Name(JsonNode o) => $"{o["kind"]} {o["metadata"]!["namespace"]}/{o["metadata"]!["name"]}";

    [GeneratedRegex(@"^---\n(?:# Source: .*\n)?", RegexOptions.Multiline)]
    private static partial Regex Documents();

    [GeneratedRegex(@"(image-tag-operator\.json: \|\n)(?: {4}.*\n|\s*\n)+")]
    private static partial Regex Dashboard();
}
