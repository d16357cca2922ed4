using System.Text.Json.Nodes;

namespace ImageTagOperator.IntegrationTests.ArgoCd;

/// <summary>RFC 7386. Argo CD sends this much of what an action gives back.</summary>
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

    /// <summary>An empty object comes out of Lua as an empty array, and Argo CD takes it for unchanged.</summary>
    private static bool IsEmpty(JsonNode? node) => node is JsonArray { Count: 0 } or JsonObject { Count: 0 };
}
