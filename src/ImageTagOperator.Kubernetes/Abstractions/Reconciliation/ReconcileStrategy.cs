namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Which changes of an object make it reconciled.</summary>
public enum ReconcileStrategy
{
    /// <summary>The spec, the begin of deletion, or the request annotation; not the status, labels or other annotations.</summary>
    ByGeneration,

    /// <summary>Every change, our own writes too.</summary>
    ByResourceVersion,
}
