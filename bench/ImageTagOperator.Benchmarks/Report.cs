using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ImageTagOperator.Benchmarks;

/// <summary>Writes down what was measured: results.json for programs, a table in docs for people.</summary>
internal static class Report
{
    private const string Results = "artifacts/bench/results.json";

    private const string Table = "docs/benchmarks.md";

    private const string Introduction = """
        # Benchmarks

        Written by `make bench`, which measures all of this anew; `make bench ONLY=SyncTime` measures one and leaves this file alone.
        Read the ratios: a ratio is the value divided by what it is compared with, so below 1 we take less. Both sides were measured
        in the same run, turn by turn; the absolute numbers are of a shared machine with two cores, on which they differ by half from one
        run to the next.

        About `converge`, from bare images to all sets Ready: the operator is a process of its own with one ImageTagSet per image, on the
        embedded Kubernetes, and had been running long enough to be compiled. Everybody has eight images in work at a time, new connections
        and a login behind them, and no rate limit (the operator runs with `--cloud-rate 1000000`; the row that says so has the default
        of 50 a second). The operator also records what it will do, reads each image again to verify, and writes status and Events. The
        sandbox answers at once, so its rows are about our own work; Glance's rows are what a user sees. Glance here has two processes, and
        a client whose connections all land with one of them takes up to twice as long: that much of a ratio is luck. `openstack image
        set` was run on three images and multiplied; its start is nearly all of it. It needs fewer requests because it replaces all tags at
        once, which undoes what others change at the same moment. `make bench LARGE=1` adds 1,000 images on Glance, and ten minutes or more.


        """;

    /// <param name="isComplete">All benchmarks ran: part of the table would be no table.</param>
    public static async Task WriteAsync(IReadOnlyList<Row> rows, bool isComplete)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Results)!);
        await File.WriteAllTextAsync(Results, JsonSerializer.Serialize(rows, RowJson.Default.IReadOnlyListRow) + "\n");
        foreach (var row in rows) Console.WriteLine($"{row.Name,-68} {Figure(row.Value),10} {row.Unit,-10} {Comparison(row)}");
        Console.WriteLine($"written to {Results}");
        if (!isComplete) return;
        await File.WriteAllTextAsync(Table, Markdown(rows));
        Console.WriteLine($"written to {Table}");
    }

    private static string Markdown(IReadOnlyList<Row> rows)
    {
        var text = new StringBuilder(Introduction).Append("| what | value | ratio | compared with |\n|---|---:|---:|---|\n");
        foreach (var row in rows)
        {
            var ratio = row.Ratio is { } number ? Figure(number) : "";
            text.Append(CultureInfo.InvariantCulture, $"| {row.Name} | {Figure(row.Value)} {row.Unit} | {ratio} | {row.ComparedWith} |\n");
        }

        return text.ToString();
    }

    private static string Comparison(Row row) => row.Ratio is { } ratio ? $"{Figure(ratio)} x {row.ComparedWith}" : "";

    private static string Figure(double value) =>
        value.ToString(Math.Abs(value) switch { >= 100 => "#,0", >= 0.1 => "0.##", _ => "0.####" }, CultureInfo.InvariantCulture);
}
