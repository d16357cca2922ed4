using System.Text.Json.Nodes;

namespace ImageTagOperator.Contracts;

/// <summary>A response as it came over the wire.</summary>
/// <param name="Headers">By name, not case-sensitive.</param>
public sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidOperationException($"no JSON: {Body}");

    public string ContentType => Headers.GetValueOrDefault("Content-Type", "").Split(';')[0];
}
