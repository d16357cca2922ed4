using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Strategic merge patch for the built-in kinds of this server: lists that merge by a key or as sets, and the directives that
/// kubectl writes. All other lists are replaced.</summary>
internal static class StrategicMergePatch
{
    private const string DeleteItems = "$deleteFromPrimitiveList/";

    // An empty key marks a list of plain values.
    private static readonly Dictionary<string, string> MergeKeys = new()
    {
        ["finalizers"] = "",
        ["ownerReferences"] = "uid",
        ["secrets"] = "name",
        ["imagePullSecrets"] = "name",
    };

    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        if (patch.Text("$patch") == "replace") target.Clear();
        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeleteItems, StringComparison.Ordinal)) RemoveItems(target, name[DeleteItems.Length..], value);
            // Order and retained keys are for lists and unions that these kinds do not have.
            if (name.StartsWith('$')) continue;
            if (value is null) target.Remove(name);
            else if (value is JsonObject change) MergeObject(target, name, change);
            else if (value is JsonArray items && MergeKeys.TryGetValue(name, out var key)) MergeList(target, name, items, key);
            else target[name] = value.DeepClone();
        }

        return target;
    }

    private static void MergeObject(JsonObject target, string name, JsonObject change)
    {
        if (change.Text("$patch") == "delete") target.Remove(name);
        else target[name] = Apply(target[name] is JsonObject map ? map.Copy() : [], change);
    }

    private static void MergeList(JsonObject target, string name, JsonArray items, string key)
    {
        var list = (target[name] as JsonArray)?.DeepClone().AsArray() ?? [];
        foreach (var item in items)
        {
            var at = list.ToList().FindIndex(existing => key.Length == 0
                ? JsonNode.DeepEquals(existing, item)
                : existing.Text(key) is { } value && value == item.Text(key));
            if (item.Text("$patch") == "delete")
            {
                if (at >= 0) list.RemoveAt(at);
            }
            else if (at < 0) list.Add(item?.DeepClone());
            else if (item is JsonObject change) list[at] = Apply(list[at]!.AsObject().Copy(), change);
        }

        target[name] = list;
    }

    private static void RemoveItems(JsonObject target, string name, JsonNode? items)
    {
        if (target[name] is not JsonArray list || items is not JsonArray gone) return;
        var kept = list.Where(item => !gone.Any(other => JsonNode.DeepEquals(item, other)));
        target[name] = Json.ArrayOf(kept.Select(item => item?.DeepClone()));
    }
}
