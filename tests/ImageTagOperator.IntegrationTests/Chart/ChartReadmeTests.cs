using System.Text.Json.Nodes;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Chart;

/// <summary>The chart's README lists every value of values.yaml. <c>make chart-readme</c> rewrites it.</summary>
public sealed class ChartReadmeTests
{
    private const string Begin = "<!-- values: make chart-readme -->";
    private const string End = "<!-- end of values -->";

    private static readonly string Readme = Path.Combine(Helm.Chart, "README.md");

    [Fact]
    public async Task The_README_has_all_values()
    {
        var table = string.Concat((await ValuesAsync()).Select(value => $"| `{value.Key}` | {value.Description} | `{value.Default}` |\n"));
        var text = await File.ReadAllTextAsync(Readme);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        var current = $"{text[..from]}\n| value | meaning | default |\n|---|---|---|\n{table}{text[to..]}";
        if (Environment.GetEnvironmentVariable("ITO_WRITE_CHART_README") is not null) await File.WriteAllTextAsync(Readme, current);
        else Assert.True(text == current, "charts/image-tag-operator/README.md does not match values.yaml: run make chart-readme");
    }

    [Fact]
    public async Task The_schema_has_all_values_and_no_others()
    {
        var schema = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Helm.Chart, "values.schema.json")))!;
        var inSchema = Leaves(schema, "").Order();
        Assert.Equal((await ValuesAsync()).Select(value => value.Key).Order(), inSchema);
    }

    private static async Task<IReadOnlyList<ChartValue>> ValuesAsync() =>
        ChartValue.ReadAll(await File.ReadAllLinesAsync(Path.Combine(Helm.Chart, "values.yaml")));

    private static IEnumerable<string> Leaves(JsonNode schema, string path) =>
        from property in schema["properties"]!.AsObject()
        let key = path + property.Key
        // requests and limits contain fields of Kubernetes
        from leaf in property.Value!["properties"] is null ? [key] : key == "resources"
            ? ["resources.requests.cpu", "resources.requests.memory", "resources.limits.memory"] : Leaves(property.Value, key + ".")
        select leaf;
}
