using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Limits the number of items in a list. A negative value means no limit.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class ItemsAttribute(long minimum = -1, long maximum = -1) : SchemaAttribute
{
    public long Minimum => minimum;

    public long Maximum => maximum;

    internal override void Apply(JsonObject schema)
    {
        if (minimum >= 0) schema["minItems"] = minimum;
        if (maximum >= 0) schema["maxItems"] = maximum;
    }
}
