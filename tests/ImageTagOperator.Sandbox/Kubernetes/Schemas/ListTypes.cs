using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Checks that lists of type <c>set</c> and <c>map</c> have no item twice.</summary>
internal static class ListTypes
{
    public static IEnumerable<FieldError> Validate(JsonNode? node, JsonObject? schema, string path = "")
    {
        if (schema is null) return [];
        return node switch
        {
            JsonObject map => map.SelectMany(member => schema.At("properties", member.Key) is JsonObject property
                ? Validate(member.Value, property, path.Length == 0 ? member.Key : $"{path}.{member.Key}")
                : Validate(member.Value, schema["additionalProperties"] as JsonObject, $"{path}[{member.Key}]")),
            JsonArray array => Duplicates(array, schema, path)
                .Concat(array.SelectMany((item, index) => Validate(item, schema["items"] as JsonObject, $"{path}[{index}]"))),
            _ => [],
        };
    }

    private static IEnumerable<FieldError> Duplicates(JsonArray array, JsonObject schema, string path)
    {
        Func<JsonNode?, JsonNode?>? keyOf = schema.Text("x-kubernetes-list-type") switch
        {
            "set" => item => item?.DeepClone(),
            "map" => item => KeyOf(item, schema.Texts("x-kubernetes-list-map-keys")),
            _ => null,
        };
        if (keyOf is null) yield break;
        var seen = new Dictionary<string, int>();
        for (var i = 0; i < array.Count; i++)
        {
            var key = keyOf(array[i]);
            var text = key.ToSortedText();
            seen[text] = seen.GetValueOrDefault(text) + 1;
            // A value that is there three times is reported once, at its second place.
            if (seen[text] == 2) yield return FieldError.Duplicate($"{path}[{i}]", key);
        }
    }

    private static JsonObject KeyOf(JsonNode? item, IReadOnlyList<string> names)
    {
        var key = new JsonObject();
        foreach (var name in names)
        {
            if (item.At(name) is { } value) key[name] = value.DeepClone();
        }

        return key;
    }
}
