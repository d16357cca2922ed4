using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>CustomResourceDefinitions: default names, and the validation of their schemas.</summary>
internal sealed class CustomResourceDefinitionRules : ResourceRules
{
    public override void Prepare(JsonObject after, JsonObject? before)
    {
        var spec = after.Child("spec");
        var names = spec.Child("names");
        var kind = names.Text("kind") ?? "";
#pragma warning disable CA1308 // the singular name of a kind is its name in lower case
        if (string.IsNullOrEmpty(names.Text("singular"))) names["singular"] = kind.ToLowerInvariant();
#pragma warning restore CA1308
        if (string.IsNullOrEmpty(names.Text("listKind"))) names["listKind"] = $"{kind}List";
        if (spec["conversion"] is null) spec["conversion"] = new JsonObject { ["strategy"] = "None" };
        if (spec.At("preserveUnknownFields") is { } preserve && !preserve.IsTrue()) spec.Remove("preserveUnknownFields");
    }

    public override IEnumerable<FieldError> Validate(JsonObject after, JsonObject? before)
    {
        var spec = after["spec"];
        var expected = $"{spec.Text("names", "plural")}.{spec.Text("group")}";
        if (after.Text("metadata", "name") != expected)
            yield return FieldError.Invalid("metadata.name", after.At("metadata", "name"), "must be spec.names.plural+\".\"+spec.group");
        foreach (var path in (string[][])[["group"], ["names", "plural"], ["names", "kind"]])
        {
            if (string.IsNullOrEmpty(spec.Text(path))) yield return FieldError.Required($"spec.{string.Join('.', path)}");
        }

        if (spec.Text("scope") is not ("Namespaced" or "Cluster"))
            yield return FieldError.NotSupported("spec.scope", spec.At("scope") ?? "", ["Cluster", "Namespaced"]);
        var versions = spec.At("versions") as JsonArray ?? [];
        if (versions.Count(version => version.IsTrue("storage")) != 1)
            yield return FieldError.Invalid("spec.versions", versions, "must have exactly one version marked as storage version");
        for (var i = 0; i < versions.Count; i++)
        {
            // The server reports a schema that all versions share under a path of the whole definition.
            var schemaPath = versions.Count == 1 ? "spec.validation" : $"spec.versions[{i}].schema";
            foreach (var error in ValidateVersion(versions[i], $"spec.versions[{i}]", schemaPath)) yield return error;
        }
    }

    private static IEnumerable<FieldError> ValidateVersion(JsonNode? version, string path, string schemaPath)
    {
        if (string.IsNullOrEmpty(version.Text("name"))) yield return FieldError.Required($"{path}.name");
        if (version.At("schema", "openAPIV3Schema") is not JsonObject schema)
        {
            yield return FieldError.Required($"{path}.schema.openAPIV3Schema", "schemas are required");
            yield break;
        }

        foreach (var error in ValidateSchema(schema, $"{schemaPath}.openAPIV3Schema", isRoot: true)) yield return error;
        var columns = version.At("additionalPrinterColumns") as JsonArray ?? [];
        for (var i = 0; i < columns.Count; i++)
        {
            var column = $"{path}.additionalPrinterColumns[{i}]";
            if (string.IsNullOrEmpty(columns[i].Text("name"))) yield return FieldError.Required($"{column}.name");
            if (columns[i].Text("jsonPath") is not { Length: > 0 } expression) yield return FieldError.Required($"{column}.jsonPath");
            else if (JsonPath.TryParse(expression) is null)
                yield return FieldError.Invalid($"{column}.jsonPath", expression, "unrecognized JSONPath");
        }
    }

    /// <summary>Schema features that a server validates and <see cref="SchemaFindings"/> does not. The definition is rejected, because it
    /// would accept invalid objects.</summary>
    private static readonly string[] UnsupportedKeywords = ["allOf", "anyOf", "oneOf", "multipleOf", "x-kubernetes-int-or-string"];

    // A structural schema declares every type.
    private static IEnumerable<FieldError> ValidateSchema(JsonObject schema, string path, bool isRoot = false)
    {
        foreach (var keyword in UnsupportedKeywords.Where(schema.ContainsKey)) yield return FieldError.Forbidden(
            $"{path}.{keyword}", "the sandbox does not support it");
        var place = isRoot ? "at the root" : "for specified object fields";
        if (string.IsNullOrEmpty(schema.Text("type")) && (isRoot || !schema.IsTrue("x-kubernetes-preserve-unknown-fields")))
            yield return FieldError.Required($"{path}.type", $"must not be empty {place}");
        if (schema.ContainsKey("$ref")) yield return FieldError.Forbidden($"{path}.$ref", "$ref is not supported");
        if (schema.IsTrue("uniqueItems"))
        {
            yield return FieldError.Forbidden(
                $"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }

        if (schema.ContainsKey("properties") && schema.ContainsKey("additionalProperties"))
            yield return FieldError.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive");
        if (schema.At("additionalProperties") is JsonValue allowed && !allowed.IsTrue())
            yield return FieldError.Forbidden($"{path}.additionalProperties", "additionalProperties cannot be set to false");
        foreach (var (child, childPath) in Children(schema, path))
        {
            foreach (var error in ValidateSchema(child, childPath)) yield return error;
        }
    }

    private static IEnumerable<(JsonObject Schema, string Path)> Children(JsonObject schema, string path)
    {
        foreach (var (name, value) in schema["properties"] as JsonObject ?? [])
        {
            if (value is JsonObject property) yield return (property, $"{path}.properties[{name}]");
        }

        if (schema["items"] is JsonObject items) yield return (items, $"{path}.items");
        if (schema["additionalProperties"] is JsonObject values) yield return (values, $"{path}.additionalProperties");
    }
}
