using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Reads the body of a PATCH by its content type.</summary>
internal static class PatchBody
{
    private const string JsonPatchType = "application/json-patch+json";
    private const string MergePatchType = "application/merge-patch+json";
    private const string StrategicType = "application/strategic-merge-patch+json";

    /// <summary>Applies the patch to an object. Server-side apply is rejected, as on a server where it is disabled.</summary>
    public static Func<JsonObject, JsonObject> Read(ResourceDefinition resource, string? contentType, string body)
    {
        switch (contentType?.Split(';')[0].Trim())
        {
            case JsonPatchType:
                var operations = Parse(body) as JsonArray ??
                    throw Refusals.BadRequest("error decoding patch: a json patch is an array of operations");
                return target => JsonPatch.Apply(target, operations);
            case MergePatchType:
                var merge = Object(body);
                return target => MergePatch.Apply(target, merge);
            // Strategic merge patches are not supported for custom resources: they have no merge keys.
            case StrategicType when !resource.IsCustom:
                var strategic = Object(body);
                return target => StrategicMergePatch.Apply(target, strategic);
            default:
                throw resource.IsCustom
                    ? Refusals.UnsupportedMediaType(JsonPatchType, MergePatchType)
                    : Refusals.UnsupportedMediaType(JsonPatchType, MergePatchType, StrategicType);
        }
    }

    public static JsonObject ParseObject(ResourceDefinition resource, string body)
    {
        var shown = body.Length == 0 ? "<empty>" : body;
        if (TryParse(body, out var why) is JsonObject json) return json;
        throw Refusals.BadRequest(
            $"the object provided is unrecognized (must be of type {resource.Kind}): couldn't get version/kind; " +
            $"json parse error: {why} ({shown})");
    }

    private static JsonNode? Parse(string body) =>
        TryParse(body, out var why) is { } node ? node : throw Refusals.BadRequest($"error decoding patch: {why}");

    private static JsonNode? TryParse(string body, out string why)
    {
        why = "it is not an object";
        try
        {
            var node = JsonNode.Parse(body);
            // JsonObject parses its members lazily: duplicate names must be detected here.
            _ = node?.DeepClone();
            return node;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            why = e.Message;
            return null;
        }
    }

    private static JsonObject Object(string body) =>
        Parse(body) as JsonObject ?? throw Refusals.BadRequest("error decoding patch: a merge patch is an object");
}
