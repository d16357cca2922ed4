namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>How server-side apply merges a list (<c>x-kubernetes-list-type</c>).</summary>
public enum XListType
{
    /// <summary>The list is one value.</summary>
    Atomic,

    /// <summary>Each item has one owner; duplicates are rejected.</summary>
    Set,

    /// <summary>Items are identified by their map keys.</summary>
    Map,
}
