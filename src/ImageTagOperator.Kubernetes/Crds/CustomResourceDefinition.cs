using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Kubernetes.Entities;
using ImageTagOperator.Kubernetes.Json;

namespace ImageTagOperator.Kubernetes.Crds;

/// <summary>Generates a CustomResourceDefinition (apiextensions.k8s.io/v1) from an entity class and its attributes.</summary>
public static class CustomResourceDefinition
{
    /// <param name="options">The options of <see cref="KubernetesJson.Options"/>, so that the schema matches what the client sends.</param>
    /// <exception cref="NotSupportedException">A structural schema cannot express the type.</exception>
    public static JsonObject Generate<TEntity>(JsonSerializerOptions options)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var definition = EntityDefinition.Of<TEntity>();
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = definition.ResourceName },
            ["spec"] = new JsonObject
            {
                ["group"] = definition.Group,
                ["names"] = Names(definition, typeof(TEntity)),
                ["scope"] = definition.Scope.ToString(),
                ["versions"] = new JsonArray(Version<TEntity>(definition, options)),
            },
        };
    }

    /// <summary>The schema of the whole object, as in the definition.</summary>
    public static JsonObject Schema<TEntity>(JsonSerializerOptions options)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => RootSchema(options.TypeInfo<TEntity>(), new SchemaBuilder(options));

    /// <summary>Adds a CEL rule for a field (x-kubernetes-validations), which API servers evaluate from Kubernetes 1.25 on.</summary>
    /// <param name="path">The path of the field, such as <c>spec.tags</c>; <c>self</c> in the expression.</param>
    /// <param name="replaces">Keywords of the field's schema that express the same and are removed.</param>
    public static void AddRule(JsonObject definition, string path, string expression, string message, IEnumerable<string> replaces)
    {
        foreach (var version in definition["spec"]!["versions"]!.AsArray())
        {
            var schema = path.Split('.').Aggregate(
                version!["schema"]!["openAPIV3Schema"]!, (at, name) => at["properties"]![name]!).AsObject();
            foreach (var keyword in replaces) schema.Remove(keyword);
            if (schema["x-kubernetes-validations"] is not JsonArray rules) schema["x-kubernetes-validations"] = rules = [];
            rules.Add((JsonNode)new JsonObject { ["rule"] = expression, ["message"] = message });
            SchemaOrder.Sort(schema);
        }
    }

    /// <summary>The paths of the fields that are missing in another schema: a server with that schema drops them. A schema without any
    /// field names is not compared.</summary>
    public static IEnumerable<string> FieldsMissing(JsonObject schema, JsonObject other, string path = "")
    {
        foreach (var (inner, suffix) in new[] { ("items", "[]"), ("additionalProperties", ".*") })
        {
            if (schema[inner] is not JsonObject mine || other[inner] is not JsonObject others) continue;
            foreach (var missing in FieldsMissing(mine, others, path + suffix)) yield return missing;
        }

        if (schema["properties"] is not JsonObject fields || other["properties"] is not JsonObject { Count: > 0 } known) yield break;
        foreach (var (name, field) in fields)
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (known[name] is not JsonObject there) yield return at;
            else foreach (var missing in FieldsMissing(field!.AsObject(), there, at)) yield return missing;
        }
    }

    private static JsonObject Names(EntityDefinition definition, Type type)
    {
        var names = new JsonObject
        {
            ["kind"] = definition.Kind,
            ["listKind"] = definition.Kind + "List",
            ["plural"] = definition.PluralName,
            ["singular"] = definition.Kind.ToLowerInvariant(),
        };
        if (type.GetCustomAttribute<KubernetesEntityShortNamesAttribute>() is not { } attribute) return names;
        names["shortNames"] = new JsonArray([.. attribute.ShortNames]);
        return names;
    }

    private static JsonObject Version<TEntity>(EntityDefinition definition, JsonSerializerOptions options)
    {
        var entity = options.TypeInfo<TEntity>();
        var version = new JsonObject { ["name"] = definition.Version, ["served"] = true, ["storage"] = true };
        var schema = RootSchema(entity, new SchemaBuilder(options));
        if (schema["properties"]!.AsObject().ContainsKey("status")) version[
            "subresources"] = new JsonObject { ["status"] = new JsonObject() };
        var columns = PrinterColumns.Of(entity, options);
        if (columns.Count > 0) version["additionalPrinterColumns"] = columns;
        version["schema"] = new JsonObject { ["openAPIV3Schema"] = schema };
        return version;
    }

    /// <summary>The API server defines apiVersion, kind and metadata itself and accepts no rules for them here.</summary>
    private static JsonObject RootSchema(JsonTypeInfo entity, SchemaBuilder builder)
    {
        var schema = builder.Build(entity.Type);
        var properties = schema["properties"]!.AsObject();
        properties["apiVersion"] = new JsonObject { ["type"] = "string" };
        properties["kind"] = new JsonObject { ["type"] = "string" };
        properties["metadata"] = new JsonObject { ["type"] = "object" };
        if (properties.ContainsKey("spec")) schema["required"] = new JsonArray("spec");
        return schema;
    }
}
