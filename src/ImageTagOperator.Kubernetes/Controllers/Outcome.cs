namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>What is to become of a key after a run.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>Why it ended so, in one of a few words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Fine. Comes back after a while, or when something changes.</summary>
    public sealed record Done(TimeSpan? RequeueAfter) : Outcome;

    /// <summary>To be tried again: after a given time, or after the key's own growing pause but not before
    /// <paramref name="NotBefore"/>.</summary>
    public sealed record Retry(TimeSpan? RequeueAfter, TimeSpan? Cap, TimeSpan? NotBefore = null) : Outcome;

    /// <summary>The object is not there any more.</summary>
    public sealed record Gone : Outcome;
}
