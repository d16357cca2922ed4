using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>How server-side apply merges the list; <see cref="XListType.Map"/> needs the JSON names of the keys.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class XListTypeAttribute(XListType type, params string[] mapKeys) : SchemaAttribute
{
    public XListType Type => type;

    public IReadOnlyList<string> MapKeys => mapKeys;

    internal override void Apply(JsonObject schema)
    {
        schema["x-kubernetes-list-type"] = type switch
        {
            XListType.Set => "set",
            XListType.Map => "map",
            _ => "atomic",
        };
        if (mapKeys.Length > 0) schema["x-kubernetes-list-map-keys"] = new JsonArray([.. mapKeys]);
    }
}
