using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Limits the length of a string in characters. A negative value means no limit.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class LengthAttribute(long minimum = -1, long maximum = -1) : SchemaAttribute
{
    public long Minimum => minimum;

    public long Maximum => maximum;

    internal override void Apply(JsonObject schema)
    {
        if (minimum >= 0) schema["minLength"] = minimum;
        if (maximum >= 0) schema["maxLength"] = maximum;
    }
}
