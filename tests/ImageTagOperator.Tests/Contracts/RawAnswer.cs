using System.Text.Json.Nodes;

namespace ImageTagOperator.Contracts;

/// <summary>What came back over the wire.</summary>
/// <param name="Headers">By name, whatever its case.</param>
public sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidOperationException($"no JSON: {Body}");

    public string ContentType => Headers.GetValueOrDefault("Content-Type", "").Split(';')[0];
}
