using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace ImageTagOperator.Kubernetes.Crds;

/// <summary>Builds the structural schema of a type from the serializer's metadata, which also exists when trimmed, and from the attributes
/// of its properties. System.Text.Json's schema exporter does not fit: a structural schema cannot have its <c>$ref</c>,
/// <c>["string","null"]</c> and <c>default: null</c>.</summary>
internal sealed class SchemaBuilder(JsonSerializerOptions options)
{
    private readonly Stack<Type> path = new();

    /// <exception cref="NotSupportedException">A type contains itself, or has no schema.</exception>
    public JsonObject Build(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (path.Contains(type)) throw new NotSupportedException($"{type.Name} contains itself: a structural schema has no $ref.");
        path.Push(type);
        try
        {
            var info = options.GetTypeInfo(type);
            return info.Kind switch
            {
                JsonTypeInfoKind.Object => ObjectSchema(info),
                JsonTypeInfoKind.Enumerable => new JsonObject { ["type"] = "array", ["items"] = Build(info.ElementType!) },
                JsonTypeInfoKind.Dictionary => new JsonObject { ["type"] = "object", ["additionalProperties"] = Build(info.ElementType!) },
                _ => type.IsEnum ? EnumSchema(info) : Primitive(type),
            };
        }
        finally
        {
            path.Pop();
        }
    }

    private JsonObject ObjectSchema(JsonTypeInfo info)
    {
        var schema = new JsonObject();
        foreach (var attribute in info.Type.GetCustomAttributes<SchemaAttribute>()) attribute.Apply(schema);
        schema["type"] = "object";
        var properties = new JsonObject();
        var required = new List<string>();
        foreach (var property in info.Properties)
        {
            if (property.Get is null && property.Set is null) continue; // [JsonIgnore]
            properties[property.Name] = PropertySchema(property);
            var isRequired = property.IsRequired || property.AttributeProvider?.IsDefined(typeof(RequiredAttribute), inherit: true) == true;
            if (isRequired) required.Add(property.Name);
        }

        if (properties.Count > 0) schema["properties"] = properties;
        if (required.Count > 0) schema["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]);
        return schema;
    }

    private JsonObject PropertySchema(JsonPropertyInfo property)
    {
        var schema = Build(property.PropertyType);
        var items = schema["items"] as JsonObject ?? schema["additionalProperties"] as JsonObject;
        var attributes = property.AttributeProvider?.GetCustomAttributes(typeof(SchemaAttribute), inherit: true) ?? [];
        foreach (var attribute in attributes.Cast<SchemaAttribute>())
        {
            if (!attribute.EachItem) attribute.Apply(schema);
            else attribute.Apply(items ?? throw new NotSupportedException($"{property.Name}: EachItem is only for lists and maps."));
        }

        return SchemaOrder.Sort(schema);
    }

    private static JsonObject EnumSchema(JsonTypeInfo info)
    {
        var names = new JsonArray();
        foreach (var value in Enum.GetValuesAsUnderlyingType(info.Type))
        {
            var name = JsonSerializer.SerializeToNode(Enum.ToObject(info.Type, value), info);
            if (name?.GetValueKind() != JsonValueKind.String)
            {
                throw new NotSupportedException($"{info.Type.Name} needs a JsonStringEnumConverter: numbers mean nothing to a user.");
            }

            names.Add(name);
        }

        return new JsonObject { ["type"] = "string", ["enum"] = names };
    }

    private static JsonObject Primitive(Type type)
    {
        if (type == typeof(string)) return new() { ["type"] = "string" };
        if (type == typeof(bool)) return new() { ["type"] = "boolean" };
        if (type == typeof(int) || type == typeof(short) || type == typeof(byte)) return new() { ["type"] = "integer",
            ["format"] = "int32" };
        if (type == typeof(long)) return new() { ["type"] = "integer", ["format"] = "int64" };
        if (type == typeof(double) || type == typeof(float) || type == typeof(decimal)) return new() { ["type"] = "number" };
        if (type == typeof(DateTimeOffset) || type == typeof(DateTime)) return new() { ["type"] = "string", ["format"] = "date-time" };
        if (type == typeof(byte[])) return new() { ["type"] = "string", ["format"] = "byte" };
        // A type that a converter of the application writes as a string; attributes add the rest.
        return new() { ["type"] = "string" };
    }
}
