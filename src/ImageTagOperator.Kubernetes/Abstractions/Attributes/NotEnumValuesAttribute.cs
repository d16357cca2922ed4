using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The forbidden values of a string (<c>not: {enum: [...]}</c>).</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class NotEnumValuesAttribute(params string[] values) : SchemaAttribute
{
    public IReadOnlyList<string> Values => values;

    internal override void Apply(JsonObject schema) => schema["not"] = new JsonObject { ["enum"] = new JsonArray([.. values]) };
}
