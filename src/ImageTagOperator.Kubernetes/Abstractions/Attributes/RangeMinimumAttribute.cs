using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The minimum value of a number.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class RangeMinimumAttribute(double value, bool exclusive = false) : SchemaAttribute
{
    public double Value => value;

    public bool Exclusive => exclusive;

    internal override void Apply(JsonObject schema)
    {
        schema["minimum"] = SchemaNumber.Node(value);
        if (exclusive) schema["exclusiveMinimum"] = true;
    }
}
