using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>OpenAPI v3, one document per group and version. <c>kubectl explain</c> shows it, and kubectl detects in it that the server
/// validates unknown fields.</summary>
internal static class OpenApiDocuments
{
    private const string Root = "openapi/v3";

    /// <summary>The document at <paramref name="path"/>, or null.</summary>
    public static JsonObject? Find(string path, IReadOnlyList<ResourceDefinition> resources)
    {
        var trimmed = path.Trim('/');
        if (trimmed == Root) return Index(resources);
        if (!trimmed.StartsWith(Root + "/", StringComparison.Ordinal)) return null;
        var found = resources.Where(resource => resource.GroupPath == trimmed[(Root.Length + 1)..]).ToList();
        return found.Count == 0 ? null : Document(found);
    }

    private static JsonObject Index(IReadOnlyList<ResourceDefinition> resources)
    {
        var paths = new JsonObject();
        foreach (var group in resources.Select(resource => resource.GroupPath).Distinct())
            paths[group] = new JsonObject { ["serverRelativeURL"] = $"/{Root}/{group}" };
        return new JsonObject { ["paths"] = paths };
    }

    private static JsonObject Document(IReadOnlyList<ResourceDefinition> resources)
    {
        var (paths, schemas) = (new JsonObject(), new JsonObject());
        foreach (var resource in resources)
        {
            schemas[Name(resource)] = Schema(resource);
            var collection = $"/{resource.GroupPath}/{(resource.IsNamespaced ? "namespaces/{namespace}/" : "")}{resource.Plural}";
            paths[collection] = new JsonObject
            {
                ["get"] = Operation(resource, "list"),
                ["post"] = Operation(resource, "post", Parameter("fieldValidation")),
            };
            paths[$"{collection}/{{name}}"] = new JsonObject
            {
                ["get"] = Operation(resource, "get"),
                ["put"] = Operation(resource, "put", Parameter("fieldValidation")),
                ["patch"] = Operation(resource, "patch", Parameter("fieldValidation"), Parameter("dryRun")),
                ["delete"] = Operation(resource, "delete"),
            };
        }

        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = "v1.34.0" },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        };
    }

    private static JsonObject Schema(ResourceDefinition resource)
    {
        var schema = resource.Schema?.Copy() ?? new JsonObject { ["type"] = "object" };
        if (resource.IsCustom)
        {
            // The server's own definitions replace the author's.
            var properties = schema.Child("properties");
            properties["apiVersion"] = BuiltInSchemas.ConfigMap.At("properties", "apiVersion")!.DeepClone();
            properties["kind"] = BuiltInSchemas.ConfigMap.At("properties", "kind")!.DeepClone();
            properties["metadata"] = BuiltInSchemas.ObjectMeta();
        }

        schema["x-kubernetes-group-version-kind"] = new JsonArray(Kind(resource));
        return schema;
    }

    private static JsonObject Operation(ResourceDefinition resource, string action, params JsonNode[] parameters)
    {
        var schema = new JsonObject { ["$ref"] = $"#/components/schemas/{Name(resource)}" };
        var content = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schema } };
        return new JsonObject
        {
            ["operationId"] = $"{action}{resource.Group.Replace(".", "", StringComparison.Ordinal)}{resource.Version}{resource.Kind}",
            ["parameters"] = new JsonArray(parameters),
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK", ["content"] = content } },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = Kind(resource),
        };
    }

    private static JsonObject Parameter(string name) => new()
    {
        ["name"] = name,
        ["in"] = "query",
        ["schema"] = new JsonObject { ["type"] = "string", ["uniqueItems"] = true },
    };

    private static JsonObject Kind(ResourceDefinition resource) =>
        new() { ["group"] = resource.Group, ["version"] = resource.Version, ["kind"] = resource.Kind };

    private static string Name(ResourceDefinition resource)
    {
        var group = resource.Group.Length == 0 ? "core" : resource.Group;
        return $"{string.Join('.', group.Split('.').Reverse())}.{resource.Version}.{resource.Kind}";
    }
}
