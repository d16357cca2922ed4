using System.Text.Json.Serialization;

namespace ImageTagOperator.Benchmarks;

/// <summary>One measured figure.</summary>
/// <param name="ComparedWith">The baseline that was measured in the same run; null for a plain count.</param>
/// <param name="Ratio">The figure divided by the baseline.</param>
internal sealed record Row(string Name, double Value, string Unit, string? ComparedWith = null, double? Ratio = null);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<Row>))]
internal sealed partial class RowJson : JsonSerializerContext;
