using System.Text.Json.Serialization;

namespace ImageTagOperator.Benchmarks;

/// <summary>One measured figure.</summary>
/// <param name="ComparedWith">What the figure is relative to, measured in the same run; null for a plain count.</param>
internal sealed record Row(string Name, double Value, string Unit, string? ComparedWith);

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(IReadOnlyList<Row>))]
internal sealed partial class RowJson : JsonSerializerContext;
