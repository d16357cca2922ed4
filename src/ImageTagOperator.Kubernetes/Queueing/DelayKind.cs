namespace ImageTagOperator.Kubernetes.Queueing;

/// <summary>Who asked for a later run of a key.</summary>
internal enum DelayKind
{
    /// <summary>The last run of the key. The next run, whatever started it, decides anew.</summary>
    Result,

    /// <summary>The last run of the key, because it failed. As <see cref="Result"/>, but all others go first.</summary>
    Retry,

    /// <summary>Somebody else. It stays, whatever runs before.</summary>
    Request,
}
