using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Reads what a client sent into the form in which it is stored: right version and kind, unknown fields gone, defaults there.</summary>
internal static class ObjectDecoder
{
    public static JsonObject Decode(ResourceDefinition resource, JsonObject body, WriteOptions options)
    {
        CheckType(resource, body);
        var unknown = Normalize(resource, body);
        if (unknown.Count == 0) return body;
        if (options.FieldValidation == WriteOptions.Strict) throw Refusals.BadRequest($"{CannotHandle(resource)}: {StrictError(unknown)}");
        Warn(unknown, options);
        return body;
    }

    /// <summary>The same for the result of a patch, which is refused in other words.</summary>
    public static JsonObject DecodePatched(ResourceDefinition resource, JsonObject patched, WriteOptions options)
    {
        var sent = patched.Copy();
        CheckType(resource, patched);
        var unknown = Normalize(resource, patched);
        if (unknown.Count == 0) return patched;
        if (options.FieldValidation == WriteOptions.Strict)
            throw Refusals.Invalid("", "", "", [FieldError.Invalid("patch", sent.ToSortedText(), StrictError(unknown))]);
        Warn(unknown, options);
        return patched;
    }

    private static void CheckType(ResourceDefinition resource, JsonObject body)
    {
        // The typed endpoints of the built-in kinds know what they get; those of custom resources must be told.
        if (!resource.IsCustom)
        {
            body["apiVersion"] ??= resource.ApiVersion;
            body["kind"] ??= resource.Kind;
        }

        if (string.IsNullOrEmpty(body.Text("kind"))) throw Refusals.BadRequest($"Object 'Kind' is missing in '{body.ToSortedText()}'");
        if (string.IsNullOrEmpty(body.Text("apiVersion"))) throw Refusals.BadRequest($"Object 'apiVersion' is missing in '{body.ToSortedText()}'");
        if (body.Text("apiVersion") != resource.ApiVersion)
            throw Refusals.BadRequest($"the API version in the data ({body.Text("apiVersion")}) does not match the expected API version ({resource.ApiVersion})");
        if (body.Text("kind") == resource.Kind) return;
        if (resource.IsCustom)
            throw Refusals.Invalid(resource, body.Text("metadata", "name") ?? "", [FieldError.Invalid("kind", body["kind"], $"must be {resource.Kind}")]);
        throw Refusals.BadRequest($"{body.Text("kind")} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}");
    }

    private static IReadOnlyList<string> Normalize(ResourceDefinition resource, JsonObject body)
    {
        IReadOnlyList<string> unknown = [];
        if (resource.Schema is { } schema)
        {
            if (!resource.IsCustom) DropNulls(body);
            unknown = SchemaPruner.Prune(body, schema);
            SchemaDefaults.Apply(body, schema);
            if (!resource.IsCustom && new SchemaValidator().Validate(schema, body).Errors is [var error, ..])
                throw Refusals.BadRequest($"{CannotHandle(resource)}: {error}");
        }

        body.Child("metadata").Remove("managedFields");
        body.Child("metadata").Remove("selfLink");
        if (!resource.IsCustom) resource.Rules.Convert(body, resource with { Group = resource.StorageKey == "events" ? "" : resource.Group });
        return unknown;
    }

    // Typed kinds do not tell null from absent.
    private static void DropNulls(JsonObject map)
    {
        foreach (var (name, value) in map.ToList())
        {
            if (value is null) map.Remove(name);
            else if (value is JsonObject child) DropNulls(child);
        }
    }

    private static string CannotHandle(ResourceDefinition resource) =>
        $"{resource.Kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}";

    private static string StrictError(IReadOnlyList<string> unknown) => $"strict decoding error: {string.Join(", ", unknown.Select(Unknown))}";

    private static string Unknown(string path) => $"unknown field \"{path}\"";

    private static void Warn(IReadOnlyList<string> unknown, WriteOptions options)
    {
        if (options.FieldValidation == "Warn") options.Warnings.AddRange(unknown.Select(Unknown));
    }
}
