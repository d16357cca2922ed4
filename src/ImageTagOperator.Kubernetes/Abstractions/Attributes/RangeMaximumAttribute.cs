using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The maximum value of a number.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class RangeMaximumAttribute(double value, bool exclusive = false) : SchemaAttribute
{
    public double Value => value;

    public bool Exclusive => exclusive;

    internal override void Apply(JsonObject schema)
    {
        schema["maximum"] = SchemaNumber.Node(value);
        if (exclusive) schema["exclusiveMaximum"] = true;
    }
}
