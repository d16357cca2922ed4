using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>A regular expression (RE2, not anchored by itself) that a string must match.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class PatternAttribute(string expression) : SchemaAttribute
{
    public string Expression => expression;

    internal override void Apply(JsonObject schema) => schema["pattern"] = expression;
}
