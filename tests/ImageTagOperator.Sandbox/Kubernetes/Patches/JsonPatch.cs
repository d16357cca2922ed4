using System.Globalization;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>JSON Patch (RFC 6902).</summary>
internal static class JsonPatch
{
    public static JsonObject Apply(JsonObject target, JsonArray patch)
    {
        JsonNode? root = target;
        foreach (var operation in patch) root = Apply(root, operation);
        return root as JsonObject ?? throw Refusals.PatchRejected();
    }

    private static JsonNode? Apply(JsonNode? root, JsonNode? operation)
    {
        var path = operation.Text("path") ?? throw Refusals.PatchRejected();
        switch (operation.Text("op"))
        {
            case "add":
                return Set(root, path, operation.At("value")?.DeepClone(), insert: true);
            case "replace":
                Take(root, path, remove: false);
                return Set(root, path, operation.At("value")?.DeepClone(), insert: false);
            case "remove":
                Take(root, path, remove: true);
                return root;
            case "move" or "copy":
                var isMove = operation.Text("op") == "move";
                var value = Take(root, operation.Text("from") ?? "", isMove)?.DeepClone();
                return Set(root, path, value, insert: true);
            case "test":
                if (!JsonNode.DeepEquals(Find(root, path), operation.At("value")))
                    throw Refusals.PatchRejected();
                return root;
            default:
                throw Refusals.PatchRejected();
        }
    }

    private static JsonNode? Find(JsonNode? root, string path)
    {
        foreach (var name in Split(path))
        {
            root = root switch
            {
                JsonObject map => map[name],
                JsonArray array when Index(array, name, array.Count - 1) is { } index => array[index],
                _ => null,
            };
        }

        return root;
    }

    private static JsonNode? Take(JsonNode? root, string path, bool remove)
    {
        var (parent, name) = Parent(root, path);
        switch (parent)
        {
            case JsonObject map when map.TryGetPropertyValue(name, out var value):
                if (remove) map.Remove(name);
                return value;
            case JsonArray array when Index(array, name, array.Count - 1) is { } index:
                var item = array[index];
                if (remove) array.RemoveAt(index);
                return item;
            default:
                throw Refusals.PatchRejected();
        }
    }

    private static JsonNode? Set(JsonNode? root, string path, JsonNode? value, bool insert)
    {
        if (path.Length == 0) return value;
        var (parent, name) = Parent(root, path);
        switch (parent)
        {
            case JsonObject map:
                map[name] = value;
                return root;
            case JsonArray array when insert && name == "-":
                array.Add(value);
                return root;
            case JsonArray array when Index(array, name, insert ? array.Count : array.Count - 1) is { } index:
                if (insert) array.Insert(index, value);
                else array[index] = value;
                return root;
            default:
                throw Refusals.PatchRejected();
        }
    }

    private static (JsonNode? Parent, string Name) Parent(JsonNode? root, string path)
    {
        var cut = path.LastIndexOf('/');
        if (cut < 0) throw Refusals.PatchRejected();
        return (Find(root, path[..cut]), Unescape(path[(cut + 1)..]));
    }

    private static int? Index(JsonArray array, string text, int highest) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= Math.Min(highest, array.Count)
            ? index
            : null;

    private static IEnumerable<string> Split(string path) => path.Length == 0 ? [] : path[1..].Split('/').Select(Unescape);

    private static string Unescape(string name) =>
        name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
}
