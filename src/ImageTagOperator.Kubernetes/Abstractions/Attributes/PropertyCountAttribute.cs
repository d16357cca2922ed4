using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Limits the number of fields that are set (<c>minProperties</c>, <c>maxProperties</c>): 1 and 1 mean exactly one.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, AllowMultiple = true)]
public sealed class PropertyCountAttribute(long minimum = -1, long maximum = -1) : SchemaAttribute
{
    public long Minimum => minimum;

    public long Maximum => maximum;

    internal override void Apply(JsonObject schema)
    {
        if (minimum >= 0) schema["minProperties"] = minimum;
        if (maximum >= 0) schema["maxProperties"] = maximum;
    }
}
