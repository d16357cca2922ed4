using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The only values that a string may have. Not needed on properties whose type is an enum.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class EnumValuesAttribute(params string[] values) : SchemaAttribute
{
    public IReadOnlyList<string> Values => values;

    internal override void Apply(JsonObject schema) => schema["enum"] = new JsonArray([.. values]);
}
