using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The value that the API server fills in when the field is left out.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultValueAttribute : SchemaAttribute
{
    private readonly JsonNode node;

    public DefaultValueAttribute(string value) => node = JsonValue.Create(value);

    public DefaultValueAttribute(bool value) => node = JsonValue.Create(value);

    public DefaultValueAttribute(long value) => node = JsonValue.Create(value);

    internal override void Apply(JsonObject schema) => schema["default"] = node.DeepClone();
}
