using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>Secrets: <c>stringData</c> is merged into <c>data</c>, and the type is immutable.</summary>
internal sealed class SecretRules : ResourceRules
{
    public override void Prepare(JsonObject after, JsonObject? before)
    {
        if (after["stringData"] is JsonObject plain)
        {
            var data = after.Child("data");
            foreach (var (name, value) in plain) data[name] = System.Convert.ToBase64String(Encoding.UTF8.GetBytes(value.Text() ?? ""));
        }

        after.Remove("stringData");
        if (string.IsNullOrEmpty(after.Text("type"))) after["type"] = before.Text("type") ?? "Opaque";
    }

    public override IEnumerable<FieldError> Validate(JsonObject after, JsonObject? before)
    {
        foreach (var (name, value) in after["data"] as JsonObject ?? [])
        {
            if (!Base64.IsValid(value.Text() ?? "")) throw Refusals.BadRequest(
                $"Secret in version \"v1\" cannot be handled as a Secret: illegal base64 data in data[{name}]");
            if (!Names.IsConfigKey(name)) yield return FieldError.Invalid($"data[{name}]", name, Names.ConfigKeyRule);
        }

        if (before is null) yield break;
        if (after.Text("type") != before.Text("type")) yield return FieldError.Invalid("type", after["type"], "field is immutable");
        if (before.IsTrue("immutable") && !JsonNode.DeepEquals(after["data"], before["data"]))
            yield return FieldError.Forbidden("data", "field is immutable when `immutable` is set");
    }
}
