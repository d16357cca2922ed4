using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Fills in defaults. A null in a field that is not nullable becomes the default, or is removed.</summary>
internal static class SchemaDefaults
{
    public static void Apply(JsonNode? node, JsonObject? schema)
    {
        switch (node)
        {
            case JsonObject map:
                FillIn(map, schema);
                break;
            case JsonArray array:
                foreach (var item in array) Apply(item, schema?["items"] as JsonObject);
                break;
        }
    }

    private static void FillIn(JsonObject map, JsonObject? schema)
    {
        foreach (var name in map.Select(member => member.Key).ToList())
        {
            var child = schema.At("properties", name) as JsonObject ?? schema?["additionalProperties"] as JsonObject;
            if (map[name] is null && child is not null && !child.IsTrue("nullable") && child["default"] is null) map.Remove(name);
        }

        foreach (var (name, property) in schema?["properties"] as JsonObject ?? [])
        {
            if (property.At("default") is { } value && (!map.ContainsKey(name) || (map[name] is null && !property.IsTrue("nullable"))))
                map[name] = value.DeepClone();
        }

        foreach (var (name, value) in map.ToList())
            Apply(value, schema.At("properties", name) as JsonObject ?? schema?["additionalProperties"] as JsonObject);
    }
}
