using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace ImageTagOperator.Kubernetes.Crds;

/// <summary>The columns of <c>kubectl get</c>: those of the properties in their order, then those of the class.</summary>
internal static class PrinterColumns
{
    public static JsonArray Of(JsonTypeInfo entity, JsonSerializerOptions options)
    {
        var columns = new JsonArray();
        AddFrom(entity, "", columns, options);
        foreach (var column in entity.Type.GetCustomAttributes<GenericAdditionalPrinterColumnAttribute>())
        {
            columns.Add(Column(column.Name, column.Type, column.JsonPath, column.Priority, column.Description, column.Format));
        }

        return columns;
    }

    private static void AddFrom(JsonTypeInfo info, string path, JsonArray columns, JsonSerializerOptions options)
    {
        foreach (var property in info.Properties)
        {
            var jsonPath = $"{path}.{property.Name}";
            var attributes = property.AttributeProvider?.GetCustomAttributes(typeof(AdditionalPrinterColumnAttribute), inherit: true);
            if (attributes is [AdditionalPrinterColumnAttribute column])
            {
                var schema = new SchemaBuilder(options).Build(property.PropertyType);
                var isDate = schema["format"]?.ToString() == "date-time";
                var type = isDate ? "date" : schema["type"]!.ToString();
                columns.Add(Column(column.Name ?? property.Name, type, jsonPath, column.Priority, null, null));
            }

            if (property.PropertyType == typeof(V1ObjectMeta)) continue;
            var inner = options.GetTypeInfo(property.PropertyType);
            if (inner.Kind == JsonTypeInfoKind.Object) AddFrom(inner, jsonPath, columns, options);
        }
    }

    private static JsonNode Column(string name, string type, string jsonPath, int priority, string? description, string? format)
    {
        var column = new JsonObject { ["name"] = name, ["type"] = type };
        if (description is not null) column["description"] = description;
        if (format is not null) column["format"] = format;
        if (priority != 0) column["priority"] = priority;
        column["jsonPath"] = jsonPath;
        return column;
    }
}
