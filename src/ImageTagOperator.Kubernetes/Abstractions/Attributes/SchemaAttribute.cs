using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>An attribute that adds to the OpenAPI schema of a property, or of each item of a list or map property.</summary>
public abstract class SchemaAttribute : Attribute
{
    /// <summary>True to apply to the items of the list or the values of the map, instead of the property itself.</summary>
    public bool EachItem { get; set; }

    internal abstract void Apply(JsonObject schema);
}
