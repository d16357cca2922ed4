namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Which changes of an object trigger a reconcile.</summary>
public enum ReconcileStrategy
{
    /// <summary>The spec, the start of deletion, or the request annotation; not the status, labels or other annotations.</summary>
    ByGeneration,

    /// <summary>Every change, including our own writes.</summary>
    ByResourceVersion,
}
