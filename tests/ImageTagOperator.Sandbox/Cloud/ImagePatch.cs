using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>A list of changes to an image, in one of the two media types that Glance accepts.</summary>
internal static class ImagePatch
{
    private static readonly string[] Operations = ["add", "remove", "replace"];

    /// <summary>The image after the changes, or null when the list is empty.</summary>
    /// <exception cref="GlanceError">400 malformed, 403 not allowed, 409 no such property, 413 too many tags, 415 another media
    /// type.</exception>
    public static SandboxImage? Apply(SandboxImage image, Token caller, string? contentType, string body, int tagQuota)
    {
        Func<JsonObject, (string Op, string Path)> read = contentType?.Split(';')[0] switch
        {
            "application/openstack-images-v2.1-json-patch" => ReadCurrent,
            "application/openstack-images-v2.0-json-patch" => ReadOld,
            _ => throw GlanceError.UnsupportedMediaType(contentType),
        };
        if (ImageWrites.Parse(body) is not JsonArray changes)
            throw new GlanceError(400, "Request body must be a JSON array of operation objects.");
        var draft = image.Copy();
        foreach (var change in changes)
        {
            if (change is not JsonObject operation) throw new GlanceError(400, "Operations must be JSON objects.");
            var (op, path) = read(operation);
            Apply(draft, caller, op, Name(path), operation, tagQuota);
        }

        return changes.Count == 0 ? null : draft;
    }

    private static void Apply(SandboxImage image, Token caller, string op, string name, JsonObject change, int tagQuota)
    {
        var exists = ImageDocument.BuiltIn.Contains(name) || image.Properties.ContainsKey(name);
        if (op == "remove")
        {
            if (ImageDocument.BuiltIn.Contains(name)) throw new GlanceError(403, $"Property {name} may not be removed.");
            if (!image.Properties.TryRemove(name, out _)) throw new GlanceError(409, $"Property {name} does not exist.");
            return;
        }

        if (!change.ContainsKey("value")) throw new GlanceError(400, $"Operation \"{op}\" requires a member named \"value\".");
        if (op == "replace" && !exists) throw new GlanceError(409, $"Property {name} does not exist.");
        ImageAttributes.Set(image, caller, name, change["value"], tagQuota);
    }

    /// <summary><c>{"op": "replace", "path": "/name", "value": ...}</c></summary>
    private static (string Op, string Path) ReadCurrent(JsonObject change)
    {
        var available = $"It must be one of the following: {string.Join(", ", Operations)}.";
        var op = (string?)change["op"] ?? throw new GlanceError(400, $"Unable to find `op` in JSON Schema change. {available}");
        if (!Operations.Contains(op)) throw new GlanceError(400, $"Invalid operation: `{op}`. {available}");
        return (op, (string?)change["path"] ?? throw new GlanceError(400, "Unable to find 'path' in JSON Schema change"));
    }

    /// <summary><c>{"replace": "/name", "value": ...}</c></summary>
    private static (string Op, string Path) ReadOld(JsonObject change)
    {
        var ops = Operations.Where(change.ContainsKey).ToArray();
        if (ops.Length == 1) return (ops[0], (string?)change[ops[0]] ?? "");
        throw new GlanceError(400, "Operation objects must contain " + (ops.Length == 0 ? "exactly" : "only")
            + " one member named \"add\", \"remove\", or \"replace\".");
    }

    /// <summary>A path can only name the whole tag list, not a single tag.</summary>
    private static string Name(string pointer)
    {
        if (!pointer.StartsWith('/')) throw new GlanceError(400, $"Pointer `{pointer}` does not start with \"/\".");
        var parts = pointer.TrimStart('/').Split('/');
        return parts.Length == 1
            ? parts[0].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal).Trim()
            : throw new GlanceError(400, $"Invalid JSON pointer for this resource: '{pointer}'");
    }
}
