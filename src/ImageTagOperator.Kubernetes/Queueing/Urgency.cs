namespace ImageTagOperator.Kubernetes.Queueing;

/// <summary>Why a key waits, most urgent first.</summary>
internal enum Urgency
{
    /// <summary>It changed, was requested, or was never reconciled.</summary>
    Change,

    /// <summary>Its periodic reconcile is due.</summary>
    Periodic,

    /// <summary>It failed before.</summary>
    Retry,
}
