namespace ImageTagOperator.Kubernetes.Queueing;

/// <summary>Why a key is queued for later.</summary>
internal enum DelayKind
{
    /// <summary>The result of the last run. The next run, whatever started it, replaces it.</summary>
    Result,

    /// <summary>A failure of the last run. Like <see cref="Result"/>, but after all others.</summary>
    Retry,

    /// <summary>A request from outside. Other runs do not replace it.</summary>
    Request,
}
