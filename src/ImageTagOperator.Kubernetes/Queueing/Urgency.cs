namespace ImageTagOperator.Kubernetes.Queueing;

/// <summary>Why a key waits; the first goes first.</summary>
internal enum Urgency
{
    /// <summary>Somebody changed it, or asked for it, or it was never looked at.</summary>
    Change,

    /// <summary>Its time has come again.</summary>
    Round,

    /// <summary>It failed before.</summary>
    Retry,
}
