using System.Text.Json;
using ImageTagOperator.Benchmarks;

// Figures are ratios against something measured in the same run, or counts: machines differ, and the same one differs from minute to minute.
var rows = new List<Row>();
foreach (var images in new[] { 10, 100 }) rows.AddRange(await Convergence.MeasureAsync(images));

Directory.CreateDirectory("artifacts/bench");
await File.WriteAllTextAsync("artifacts/bench/results.json", JsonSerializer.Serialize(rows, RowJson.Default.IReadOnlyListRow) + "\n");
foreach (var row in rows) Console.WriteLine($"{row.Name,-52} {row.Value,8:0.##} {row.Unit,-18} {(row.ComparedWith is null ? "" : "of " + row.ComparedWith)}");
Console.WriteLine("written to artifacts/bench/results.json");
