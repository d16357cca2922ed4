using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageTagOperator.Benchmarks;

/// <summary>The upper limits of a figure, from bench/budgets.json.</summary>
/// <param name="Value">For the figure itself; null: no limit.</param>
/// <param name="Ratio">For its ratio; null: no limit.</param>
internal sealed record Budget(double? Value = null, double? Ratio = null)
{
    private const string File = "bench/budgets.json";

    /// <summary>The tolerance, because a shared machine is noisy.</summary>
    private const double Tolerance = 1.2;

    /// <summary>The rows that exceed their budgets by more than 20 %, as sentences.</summary>
    public static IReadOnlyList<string> Exceeded(IReadOnlyList<Row> rows)
    {
        var budgets = JsonSerializer.Deserialize(System.IO.File.ReadAllText(File), BudgetJson.Default.DictionaryStringBudget)!;
        return [.. rows.SelectMany(row => budgets.TryGetValue(row.Name, out var budget) ? budget.Exceeded(row) : [])];
    }

    private IEnumerable<string> Exceeded(Row row)
    {
        if (Value is { } value && row.Value > value * Tolerance)
        {
            yield return $"{row.Name}: {Report.Figure(row.Value)} {row.Unit}, and the budget in {File} is {Report.Figure(value)}";
        }

        if (Ratio is { } ratio && row.Ratio > ratio * Tolerance)
        {
            yield return $"{row.Name}: {Report.Figure(row.Ratio.Value)} x {row.ComparedWith}, and the budget in {File} is "
                + Report.Figure(ratio);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Dictionary<string, Budget>))]
internal sealed partial class BudgetJson : JsonSerializerContext;
