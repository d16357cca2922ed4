using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>A format that the API server checks, such as <c>date-time</c> or <c>uuid</c>.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class FormatAttribute(string name) : SchemaAttribute
{
    public string Name => name;

    internal override void Apply(JsonObject schema) => schema["format"] = name;
}
