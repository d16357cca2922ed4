using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;

namespace ImageTagOperator.Kubernetes.Schema.Validation;

/// <summary>What a schema has against a value.</summary>
/// <param name="Keyword">Of the schema, that the value does not keep to; <c>properties</c> for a field that is not among them.</param>
/// <param name="Schema">The one that has the keyword.</param>
/// <param name="Value">What is at the path; null also where nothing is.</param>
/// <param name="Message">The end of a sentence about the field.</param>
public sealed record SchemaError(FieldPath Path, string Keyword, JsonObject Schema, JsonNode? Value, string Message);
