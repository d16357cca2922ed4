using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ImageTagOperator.Benchmarks;

/// <summary>Writes the results: results.json for programs, a table in docs for people.</summary>
internal static class Report
{
    private const string Results = "artifacts/bench/results.json";

    private const string Table = "docs/benchmarks.md";

    private const string Pictures = "docs/pictures";

    private const string Introduction = """
        # Benchmarks

        `make bench` wrote this page and its charts. `make bench ONLY=SyncTime` measures one benchmark and leaves the page alone.

        The machine has two cores and is shared, so absolute numbers differ by half from run to run. Read the ratios: both sides were
        measured in the same run, in turns.

        ![Requests to the cloud for each tag write that is needed](pictures/requests.svg)

        ![How soon drift is corrected](pictures/drift.svg)

        ![Time until 100 images on a real Glance have their tags](pictures/converge.svg)

        ![Requests for one set, among more and more sets](pictures/growth.svg)

        ## How it was measured
        - **Scale**: the published file with the chart's memory limit and the default options, but no rate limit, on embedded servers that
          answer at once. One set for each image, by name. Drift: 40 images lose a tag at times spread over 15 seconds.
        - **Growth** (rows that begin with "simulated"): the reconciler between a cloud and an API server in memory, without sockets.
          One set for each image, and no drift. An interval is the second one after the start. The drift probe, four requests a minute
          and cloud, is not in it. Times at the default `--cloud-rate` are the requests divided by 50 a second. A list of more than
          20,000 images is refused, so a selector needs a smaller cloud. A set that names its image does not.
        - **Isolation**: 40 edits of one set, alone and while another namespace has 5,000 sets with endless lists, a silent cloud, large
          error pages, wrong schemes and passwords, and missing Secrets.
        - **Convergence**: from images without tags until all sets are Ready. Every client has eight images in work at a time, and no rate
          limit.
          The operator also records what it will do, reads each image again, and writes status and Events. `openstack image set` was run on
          three images and multiplied. It replaces all tags at once, which undoes what others change at the same moment. Of 1,000 images
          on Glance, the other clients tag 200.
        - **Glance** has two processes here. A client whose connections all reach one of them takes up to twice as long.
        - `make bench LARGE=1` adds 1,000 images on Glance, 10,000 sets on the embedded servers, and 100,000 simulated sets.
        - `make bench-quick` measures a part in about a minute, and fails when a budget in `bench/budgets.json` is exceeded by 20 %.

        <details>
        <summary>All figures</summary>


        """;

    /// <param name="isComplete">All benchmarks ran. Otherwise the table is not written.</param>
    public static async Task WriteAsync(IReadOnlyList<Row> rows, bool isComplete)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Results)!);
        await File.WriteAllTextAsync(Results, JsonSerializer.Serialize(rows, RowJson.Default.IReadOnlyListRow) + "\n");
        foreach (var row in rows) Console.WriteLine($"{row.Name,-68} {Figure(row.Value),10} {row.Unit,-10} {Comparison(row)}");
        Console.WriteLine($"written to {Results}");
        if (!isComplete) return;
        await File.WriteAllTextAsync(Table, Markdown(rows));
        await DrawAsync(rows);
        Console.WriteLine($"written to {Table} and {Pictures}");
    }

    /// <summary>The most important figures.</summary>
    private static async Task DrawAsync(IReadOnlyList<Row> rows)
    {
        const string Requests = ": requests to the cloud";
        const string Converge = "converge 100 images x 5 tags, Glance";
        await WriteAsync("requests", BarChart.Draw(
            "Requests to the cloud for each tag write that is needed",
            "",
            Bars(Requests, row => row.Ratio!.Value),
            ("the writes alone", 1)));
        await WriteAsync("drift", BarChart.Draw(
            "How soon drift is corrected, 95th percentile", "s", Bars(": drift is corrected, 95th percentile", row => row.Value)));
        var ours = rows.First(row => row.Name == Converge).Value;
        var others = rows.Where(row => row.Name == Converge).Select(row => (row.ComparedWith!.Split(',')[0], ours / row.Ratio!.Value));
        await WriteAsync("converge", BarChart.Draw(
            "Time until 100 images x 5 tags on a real Glance have their tags", "s",
            [("image-tag-operator", ours), .. others]));

        await WriteAsync("growth", BarChart.Draw(
            "Requests to the cloud until one image has 5 tags, simulated", "",
            [.. Bars(" sets and images: requests to converge", row => row.Ratio!.Value * 5)
                .Select(bar => ($"{bar.Item1["simulated, ".Length..]} sets", bar.Item2))],
            ("the writes alone", 5)));

        (string, double)[] Bars(string end, Func<Row, double> value) =>
            [.. rows.Where(row => row.Name.EndsWith(end, StringComparison.Ordinal)).Select(row => (row.Name[..^end.Length], value(row)))];

        static Task WriteAsync(string name, string svg) => File.WriteAllTextAsync(Path.Combine(Pictures, $"{name}.svg"), svg);
    }

    private static string Markdown(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder(Introduction).Append("| what | value | ratio | compared with |\n|---|---:|---:|---|\n");
        foreach (var row in rows)
        {
            var ratio = row.Ratio is { } number ? Figure(number) : "";
            text.Append(CultureInfo.InvariantCulture, $"| {row.Name} | {Figure(row.Value)} {row.Unit} | {ratio} | {row.ComparedWith} |\n");
        }

        return text.Append("\n</details>\n").ToString();
    }

    private static string Comparison(Row row) => row.Ratio is { } ratio ? $"{Figure(ratio)} x {row.ComparedWith}" : "";

    public static string Figure(double value) =>
        value.ToString(Math.Abs(value) switch { >= 100 => "#,0", >= 0.1 => "0.##", _ => "0.####" }, CultureInfo.InvariantCulture);
}
