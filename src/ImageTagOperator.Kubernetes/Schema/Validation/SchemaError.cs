using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Schema.Validation;

/// <summary>A violation of a schema.</summary>
/// <param name="Path">The path of the value, such as <c>spec.tags[2]</c>; empty for the whole.</param>
/// <param name="Keyword">The violated keyword of the schema; <c>properties</c> for an unknown field.</param>
/// <param name="Schema">The schema with the keyword.</param>
/// <param name="Value">The value at the path; also null when it is missing.</param>
/// <param name="Message">The end of a sentence about the field.</param>
public sealed record SchemaError(string Path, string Keyword, JsonObject Schema, JsonNode? Value, string Message);
