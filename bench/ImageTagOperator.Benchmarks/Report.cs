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

        Written by `make bench`, which measures all of this anew; `make bench ONLY=SyncTime` measures one and leaves this file alone. Read the
        ratios: both sides of a ratio were measured in the same run, so they say what our code adds to the work that nobody can avoid. The
        absolute numbers are of a shared machine with two cores, on which they differ by half from one run to the next.


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

    private static string Figure(double value) => value.ToString(Math.Abs(value) >= 100 ? "#,0" : "0.##", CultureInfo.InvariantCulture);
}
