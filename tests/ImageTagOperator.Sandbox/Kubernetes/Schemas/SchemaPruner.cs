using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Removes fields that are not in the schema, and returns their paths.</summary>
internal static class SchemaPruner
{
    private static readonly string[] TypeAndMeta = ["apiVersion", "kind", "metadata"];

    /// <summary>The paths of the removed fields, in ordinal order.</summary>
    public static IReadOnlyList<string> Prune(JsonObject json, JsonObject schema)
    {
        var unknown = new List<string>();
        Prune(json, schema, "", true, unknown);
        // The schema of a custom resource does not describe metadata; it is the same for all kinds.
        if (json["metadata"] is JsonObject metadata) Prune(metadata, Metadata, "metadata", false, unknown);
        unknown.Sort(StringComparer.Ordinal);
        return unknown;
    }

    private static JsonObject Metadata { get; } = BuiltInSchemas.ObjectMeta();

    private static void Prune(JsonNode? node, JsonObject? schema, string path, bool embedded, List<string> unknown)
    {
        embedded |= schema.IsTrue("x-kubernetes-embedded-resource");
        var keep = schema.IsTrue("x-kubernetes-preserve-unknown-fields");
        switch (node)
        {
            case JsonObject map:
                foreach (var name in map.Select(member => member.Key).ToList())
                {
                    if (embedded && TypeAndMeta.Contains(name)) continue;
                    var at = path.Length == 0 ? name : $"{path}.{name}";
                    if (schema.At("properties", name) is JsonObject property) Prune(map[name], property, at, false, unknown);
                    else if (schema?["additionalProperties"] is JsonObject values) Prune(map[name], values, at, false, unknown);
                    else if (!keep && !schema.IsTrue("additionalProperties"))
                    {
                        map.Remove(name);
                        unknown.Add(at);
                    }
                }

                break;
            case JsonArray array:
                var items = schema?["items"] as JsonObject;
                for (var i = 0; i < array.Count; i++)
                {
                    if (!keep || items is not null) Prune(array[i], items, $"{path}[{i}]", false, unknown);
                }

                break;
        }
    }
}
