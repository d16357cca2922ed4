using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.Kubernetes.Schema.Validation;

/// <summary>A violation of a schema.</summary>
/// <param name="Keyword">The violated keyword of the schema; <c>properties</c> for an unknown field.</param>
/// <param name="Schema">The schema with the keyword.</param>
/// <param name="Value">The value at the path; also null when it is missing.</param>
/// <param name="Message">The end of a sentence about the field.</param>
public sealed record SchemaError(FieldPath Path, string Keyword, JsonObject Schema, JsonNode? Value, string Message);
