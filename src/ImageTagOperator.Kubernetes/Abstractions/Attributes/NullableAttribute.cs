using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Keeps an explicit null as a value. Without this, the API server drops a null as if the field was left out.</summary>
[AttributeUsage(AttributeTargets.Property, AllowMultiple = true)]
public sealed class NullableAttribute() : SchemaAttribute
{
    internal override void Apply(JsonObject schema) => schema["nullable"] = true;
}
