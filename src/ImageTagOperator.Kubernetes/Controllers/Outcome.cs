namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>What happens to a key after a run.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The reason as a metric label, from a bounded set.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Success. The key is requeued after a time, or when the object changes.</summary>
    public sealed record Done(TimeSpan? RequeueAfter) : Outcome;

    /// <summary>Retry after the given time, or after the key's backoff but not before <paramref name="NotBefore"/>.</summary>
    public sealed record Retry(TimeSpan? RequeueAfter, TimeSpan? Cap, TimeSpan? NotBefore = null) : Outcome;

    /// <summary>The object no longer exists.</summary>
    public sealed record Gone : Outcome;

    /// <summary>Another process reconciles the object, so nothing was done.</summary>
    public sealed record NotOurs : Outcome;
}
