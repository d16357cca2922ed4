using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Helpers to read and write JSON trees that were not validated.</summary>
internal static class Json
{
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = node is JsonObject map && map.TryGetPropertyValue(name, out var value) ? value : null;
            if (node is null) return null;
        }

        return node;
    }

    /// <summary>The string at <paramref name="path"/>, or null when it is missing or has another type.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static long? Integer(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out long number) ? number : null;

    public static bool IsTrue(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out bool yes) && yes;

    public static IReadOnlyList<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray array ? [.. array.Select(item => item.Text()).OfType<string>()] : [];

    /// <summary>The object under <paramref name="name"/>; created when it is missing.</summary>
    public static JsonObject Child(this JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child) return child;
        child = [];
        parent[name] = child;
        return child;
    }

    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    public static JsonArray ArrayOf(IEnumerable<JsonNode?> items) => new([.. items]);

    public static JsonArray ArrayOf(IEnumerable<string> items) => new([.. items.Select(item => (JsonNode?)item)]);

    public static byte[] ToUtf8(this JsonNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, WriterOptions)) node.WriteTo(writer);
        return stream.ToArray();
    }

    /// <summary>One line, with the members of every object in ordinal order: error messages show values in this form.</summary>
    public static string ToSortedText(this JsonNode? node) =>
        node is null ? "null" : Encoding.UTF8.GetString(Sorted(node)!.ToUtf8());

    public static JsonObject Sorted(JsonObject node)
    {
        var sorted = new JsonObject();
        foreach (var (name, value) in node.OrderBy(member => member.Key, StringComparer.Ordinal)) sorted[name] = Sorted(value);
        return sorted;
    }

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => Sorted(map),
        JsonArray array => ArrayOf(array.Select(Sorted)),
        _ => node?.DeepClone(),
    };

    /// <summary>The OpenAPI type of a value: a number without a fraction is an integer.</summary>
    public static string TypeOf(JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => node.AsValue().TryGetValue(out long _) ? "integer" : "number",
    };
}
