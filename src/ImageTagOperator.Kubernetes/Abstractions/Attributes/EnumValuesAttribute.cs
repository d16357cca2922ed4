using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The allowed values of a string. Not needed on properties of an enum type.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class EnumValuesAttribute(params string[] values) : SchemaAttribute
{
    public IReadOnlyList<string> Values => values;

    internal override void Apply(JsonObject schema) => schema["enum"] = new JsonArray([.. values]);
}
