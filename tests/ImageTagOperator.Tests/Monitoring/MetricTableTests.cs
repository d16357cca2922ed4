using System.Text;
using System.Text.RegularExpressions;
using ImageTagOperator.Tests.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>The table in docs/operations.md lists every metric with its labels and the text of <c># HELP</c>.</summary>
public sealed partial class MetricTableTests
{
    private const string Begin = "<!-- metrics -->\n";
    private const string End = "<!-- /metrics -->\n";

    [Fact]
    public async Task The_table_of_metrics_matches_the_code()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        await using var running = await MonitoredOperator.StartAsync(world);
        await world.CreateAsync(world.Set("ubuntu", world.Cloud.AddImage("ubuntu").Id, "golden"));
        await world.ReadyAsync("ubuntu", "True");
        await world.UntilAsync(
            () => Task.FromResult(running.Text), text =>
                text.Contains("imagetags_reconcile_duration_seconds_count", StringComparison.Ordinal), "a reconcile", text => text);
        var table = Table(running.Text);

        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "ImageTagOperator.sln"))) folder = folder.Parent;
        var file = Path.Combine(folder.FullName, "docs", "operations.md");
        var page = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("ITO_WRITE_DOCS") is not null)
        {
            await File.WriteAllTextAsync(file, page[..begin] + table + page[end..], TestContext.Current.CancellationToken);
            return;
        }

        Assert.True(page[begin..end] == table,
            $"The table of metrics in docs/operations.md is stale. With ITO_WRITE_DOCS=1 this test writes it; it should be\n{table}");
    }

    private static string Table(string text)
    {
        var table = new StringBuilder("| metric | type | labels | meaning |\n|---|---|---|---|\n");
        foreach (Match family in Family().Matches(text))
        {
            var labels = Label().Matches(family.Groups["samples"].Value).Select(label => label.Groups[1].Value)
                .Where(label => label != "le").Distinct().Order(StringComparer.Ordinal);
            var (name, type, help) = (family.Groups["name"].Value, family.Groups["type"].Value, family.Groups["help"].Value);
            table.Append(null, $"| `{name}` | {type} | {string.Join(", ", labels.Select(label => $"`{label}`"))} | {help} |\n");
        }

        return table.ToString();
    }

    [GeneratedRegex("# HELP (?<name>[^ ]+) (?<help>.*)\n# TYPE [^ ]+ (?<type>.*)\n(?<samples>([^#].*\n)*)")]
    private static partial Regex Family();

    [GeneratedRegex("([a-z_]+)=\"")]
    private static partial Regex Label();
}
