using System.Text.Json.Nodes;

namespace ImageTagOperator.IntegrationTests.ArgoCd;

/// <summary>RFC 7386. Argo CD sends this patch after an action.</summary>
internal static class MergePatch
{
    public static JsonObject Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var name in before.Select(field => field.Key).Except(after.Select(field => field.Key))) patch[name] = null;
        foreach (var (name, value) in after)
        {
            if (JsonNode.DeepEquals(before[name], value) || (IsEmpty(before[name]) && IsEmpty(value))) continue;
            patch[name] = before[name] is JsonObject old && value is JsonObject changed ? Between(old, changed) : value?.DeepClone();
        }

        return patch;
    }

    /// <summary>Lua turns an empty object into an empty array, and Argo CD treats that as unchanged.</summary>
    private static bool IsEmpty(JsonNode? node) => node is JsonArray { Count: 0 } or JsonObject { Count: 0 };
}
