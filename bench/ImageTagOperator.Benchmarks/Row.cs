using System.Text.Json.Serialization;

namespace ImageTagOperator.Benchmarks;

/// <summary>One measured figure.</summary>
/// <param name="ComparedWith">What was measured in the same run to compare with; null for a plain count.</param>
/// <param name="Ratio">The figure, relative to that.</param>
internal sealed record Row(string Name, double Value, string Unit, string? ComparedWith = null, double? Ratio = null);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<Row>))]
internal sealed partial class RowJson : JsonSerializerContext;
