using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Sets one attribute of an image from the JSON of a POST or a PATCH.</summary>
internal static class ImageAttributes
{
    private static readonly HashSet<string> ReadOnly =
        ["created_at", "updated_at", "status", "checksum", "size", "virtual_size", "direct_url", "self", "file", "schema", "id",
            "os_hash_algo", "os_hash_value", "stores"];

    /// <exception cref="GlanceError">400 a value of the wrong type, 403 read-only or no permission, 413 too many tags.</exception>
    public static void Set(SandboxImage image, Token caller, string name, JsonNode? value, int tagQuota)
    {
        if (ReadOnly.Contains(name)) throw new GlanceError(403, $"Attribute '{name}' is read-only.");
        switch (name)
        {
            case "name":
                image.Name = Value<string?>(name, value);
                break;
            case "tags":
                SetTags(image, value, tagQuota);
                break;
            case "visibility":
                SetVisibility(image, caller, Value<string>(name, value));
                break;
            case "protected":
                image.Protected = Value<bool>(name, value);
                break;
            case "os_hidden":
                image.Hidden = Value<bool>(name, value);
                break;
            case "min_disk":
                image.MinDisk = Value<int>(name, value);
                break;
            case "min_ram":
                image.MinRam = Value<int>(name, value);
                break;
            case "disk_format":
                image.DiskFormat = Value<string?>(name, value);
                break;
            case "container_format":
                image.ContainerFormat = Value<string?>(name, value);
                break;
            case "owner":
                SetOwner(image, caller, Value<string>(name, value));
                break;
            default:
                image.Properties[name] = Value<string>(name, value);
                break;
        }
    }

    /// <summary>Only the length is checked. Tags that no URL path can contain are created this way.</summary>
    private static void SetTags(SandboxImage image, JsonNode? value, int quota)
    {
        if (value is not JsonArray array) throw Mismatch(value, "array");
        var tags = array.Select(tag => Value<string>("tags", tag)).Distinct().ToArray();
        foreach (var tag in tags) TagWrites.CheckLength(tag);
        if (quota >= 0 && tags.Length > quota) throw new GlanceError(413, TagWrites.QuotaMessage(tags.Length, quota));
        image.SetTags(tags);
    }

    private static void SetVisibility(SandboxImage image, Token caller, string visibility)
    {
        if (visibility is not ("public" or "community" or "shared" or "private")) throw new GlanceError(
            400, SchemaMismatch($"'{visibility}' is not one of ['community', 'public', 'private', 'shared']"));
        if (visibility == "public" && !caller.IsAdmin) throw new GlanceError(403,
            "You are not authorized to complete publicize_image action.");
        image.Visibility = visibility;
    }

    private static void SetOwner(SandboxImage image, Token caller, string owner)
    {
        if (!caller.IsAdmin && owner != image.Owner) throw new GlanceError(403, "Owner can't be updated by non admin.");
        image.Owner = owner;
    }

    /// <summary>The start of the real message, which continues with the schema.</summary>
    public static string SchemaMismatch(string what) => $"Provided object does not match schema 'image': {what}";

    private static T Value<T>(string name, JsonNode? value)
    {
        try
        {
            // Only the name and the formats can be null.
            if (value is not null || name is "name" or "disk_format" or "container_format") return value.Deserialize<T>()!;
        }
        catch (JsonException)
        {
            // Rejected below, like null.
        }

        throw Mismatch(value, typeof(T) == typeof(string) ? "string" : typeof(T) == typeof(bool) ? "boolean" : "integer");
    }

    private static GlanceError Mismatch(JsonNode? value, string type) => new(400, SchemaMismatch($"{Quoted(value)} is not of type '{type}'"));

    private static string Quoted(JsonNode? value) => value?.ToJsonString().Replace('"', '\'') ?? "None";
}
