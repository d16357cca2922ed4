using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>ConfigMaps: keys have a restricted alphabet, and the data of an immutable one cannot change.</summary>
internal sealed class ConfigMapRules : ResourceRules
{
    public override IEnumerable<FieldError> Validate(JsonObject after, JsonObject? before)
    {
        foreach (var (name, _) in after["data"] as JsonObject ?? [])
        {
            if (!Names.IsConfigKey(name)) yield return FieldError.Invalid($"data[{name}]", name, Names.ConfigKeyRule);
        }

        if (before.IsTrue("immutable") && !JsonNode.DeepEquals(after["data"], before!["data"]))
            yield return FieldError.Forbidden("data", "field is immutable when `immutable` is set");
    }
}
