using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Crds;

/// <summary>Sorts the fields of a schema, because reflection does not guarantee an order of attributes.</summary>
internal static class SchemaOrder
{
    private static readonly string[] First = ["description", "type", "format", "nullable", "default", "enum", "not"];
    private static readonly string[] Last = ["items", "additionalProperties", "properties", "required"];

    public static JsonObject Sort(JsonObject schema)
    {
        var fields = schema.OrderBy(field => Rank(field.Key)).ThenBy(field => field.Key, StringComparer.Ordinal).ToList();
        schema.Clear();
        foreach (var (name, value) in fields)
        {
            var sorted = name is "items" or "additionalProperties" && value is JsonObject inner ? Sort(inner) : value;
            schema[name] = sorted;
        }

        return schema;
    }

    private static int Rank(string name)
    {
        var early = Array.IndexOf(First, name);
        if (early >= 0) return early;
        var late = Array.IndexOf(Last, name);
        return late >= 0 ? 200 + late : 100;
    }
}
