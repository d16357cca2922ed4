using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>How tags of the Image Management Service differ from Glance's: a restricted alphabet, and values.</summary>
internal static partial class ImsTags
{
    private const int MostPairs = 10;
    private const int LongestKey = 36;
    private const int LongestValue = 43;

    /// <exception cref="GlanceError">400: an invalid character.</exception>
    public static void Check(string tag)
    {
        if (!Allowed().IsMatch(tag)) throw new GlanceError(400, $"The tag {tag} is invalid.");
    }

    /// <summary>Deletes by key: the path cannot contain a value, because that needs an equals sign.</summary>
    public static string Stored(SandboxImage image, string key) =>
        image.Tags.FirstOrDefault(tag => tag.Split('=', 2)[0] == key) ?? key;

    /// <summary>Sets the value of a key and replaces the previous one.</summary>
    public static void Put(SandboxImage image, string key, string value)
    {
        Check(key);
        if (value.Length > 0) Check(value);
        if (key.Length > LongestKey || value.Length > LongestValue) throw new GlanceError(400, "The tag is too long.");
        image.WithRows(rows =>
        {
            rows.RemoveAll(row => row.Split('=', 2)[0] == key);
            if (rows.Count(row => row.Contains('=')) >= MostPairs) throw new GlanceError(
                400, $"An image can have {MostPairs} tags at most.");
            rows.Add($"{key}={value}");
        });
    }

    /// <summary>Reads <c>{"image_id", "tag": "key.value"}</c> or <c>{"image_id", "image_tag": {"key", "value"}}</c>.</summary>
    public static (string Image, string Key, string Value) Parse(string body)
    {
        try
        {
            var request = ImageWrites.Parse(body);
            if ((string?)request?["image_id"] is { } id)
            {
                if ((string?)request["tag"] is { } tag && tag.Split('.', 2) is [var first, var rest]) return (id, first, rest);
                if (request["image_tag"] is JsonObject pair && (string?)pair["key"] is { } key) return (id, key, (string?)pair["value"]
                    ?? "");
            }
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or JsonException)
        {
            // Rejected below, like a missing part.
        }

        throw new GlanceError(400, "The request body is invalid.");
    }

    [GeneratedRegex("^[A-Za-z0-9_-]+$")]
    private static partial Regex Allowed();
}
