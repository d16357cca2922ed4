using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The description that <c>kubectl explain</c> shows.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class | AttributeTargets.Enum, AllowMultiple = true)]
public sealed class DescriptionAttribute(string text) : SchemaAttribute
{
    public string Text => text;

    internal override void Apply(JsonObject schema) => schema["description"] = text;
}
