using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Converts a request body to the stored form: checks version and kind, removes unknown fields, fills in defaults.</summary>
internal static class ObjectDecoder
{
    private static readonly JsonObject Metadata = BuiltInSchemas.ObjectMeta();

    public static JsonObject Decode(ResourceDefinition resource, JsonObject body, WriteOptions options)
    {
        FillInType(resource, body);
        if (body.Text("apiVersion") != resource.ApiVersion)
            throw Refusals.BadRequest(
                $"the API version in the data ({body.Text("apiVersion")}) does not match the expected API version ({resource.ApiVersion})");
        CheckKind(resource, body);
        var unknown = Normalize(resource, body);
        if (unknown.Count == 0) return body;
        if (options.FieldValidation == WriteOptions.Strict) throw Refusals.BadRequest($"{CannotHandle(resource)}: {StrictError(unknown)}");
        Warn(unknown, options);
        return body;
    }

    /// <summary>The same for the result of a patch, whose errors have other messages.</summary>
    public static JsonObject DecodePatched(ResourceDefinition resource, JsonObject patched, WriteOptions options)
    {
        var sent = patched.Copy();
        FillInType(resource, patched);
        if (patched.Text("apiVersion") != resource.ApiVersion) throw Refusals.Invalid(
            resource,
            patched.Text("metadata", "name") ?? "",
            [FieldError.Invalid("apiVersion", patched["apiVersion"], $"must be {resource.ApiVersion}")]);
        CheckKind(resource, patched);
        var unknown = Normalize(resource, patched);
        if (unknown.Count == 0) return patched;
        if (options.FieldValidation == WriteOptions.Strict)
            throw Refusals.Invalid("", "", "", [FieldError.Invalid("patch", sent.ToSortedText(), StrictError(unknown))]);
        Warn(unknown, options);
        return patched;
    }

    private static void FillInType(ResourceDefinition resource, JsonObject body)
    {
        // Built-in kinds may omit apiVersion and kind; custom resources must have them.
        if (!resource.IsCustom)
        {
            body["apiVersion"] ??= resource.ApiVersion;
            body["kind"] ??= resource.Kind;
        }

        foreach (var (member, name) in ((string, string)[])[("kind", "Kind"), ("apiVersion", "apiVersion")])
        {
            if (string.IsNullOrEmpty(body.Text(member)))
                throw Refusals.BadRequest(
                    $"{CannotHandle(resource)}: unmarshalerDecoder: Object '{name}' is missing in '{body.ToSortedText()}'");
        }
    }

    private static void CheckKind(ResourceDefinition resource, JsonObject body)
    {
        var kind = body.Text("kind")!;
        if (kind == resource.Kind) return;
        var name = body.Text("metadata", "name") ?? "";
        if (resource.IsCustom)
            throw Refusals.Invalid(resource.Group, kind, name, [FieldError.Invalid("kind", kind, $"must be {resource.Kind}")]);
        var group = resource.Group.Length == 0 ? "core" : resource.Group.Split('.')[0];
        throw Refusals.BadRequest(
            $"{kind} in version \"{resource.Version}\" cannot be handled as a {resource.Kind}: " +
            $"converting ({resource.Version}.{kind}) to ({group}.{resource.Kind}): unknown conversion");
    }

    private static IReadOnlyList<string> Normalize(ResourceDefinition resource, JsonObject body)
    {
        IReadOnlyList<string> unknown = [];
        if (body["metadata"] is JsonObject metadata) DropNulls(metadata);
        if (resource.Schema is { } schema)
        {
            if (!resource.IsCustom) DropNulls(body);
            unknown = SchemaPruner.Prune(body, schema);
            SchemaDefaults.Apply(body, schema);
            if (!resource.IsCustom && SchemaFindings.Of(schema, body).FirstOrDefault() is { } error)
                throw Refusals.BadRequest($"{CannotHandle(resource)}: {error}");
        }

        CleanMetadata(resource, body);
        if (resource.StorageKey == "events") resource.Rules.Convert(body, resource with { Group = "" });
        return unknown;
    }

    // Metadata is typed for every kind: empty values are dropped, and a wrong type is a decoding error.
    private static void CleanMetadata(ResourceDefinition resource, JsonObject body)
    {
        body["metadata"] ??= new JsonObject();
        if (SchemaFindings.Of(Metadata, body["metadata"], "metadata").FirstOrDefault() is { } error)
            throw Refusals.BadRequest($"{CannotHandle(resource)}: {error}");
        var metadata = body.Child("metadata");
        foreach (var (name, value) in metadata.ToList())
        {
            if (name is "managedFields" or "selfLink" || value is JsonObject { Count: 0 } or JsonArray { Count: 0 }) metadata.Remove(name);
        }
    }

    // Typed kinds treat null as absent.
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

    private static string StrictError(IReadOnlyList<string> unknown) =>
        $"strict decoding error: {string.Join(", ", unknown.Select(Unknown))}";

    private static string Unknown(string path) => $"unknown field \"{path}\"";

    private static void Warn(IReadOnlyList<string> unknown, WriteOptions options)
    {
        if (options.FieldValidation == "Warn") options.Warnings.AddRange(unknown.Select(Unknown));
    }
}
