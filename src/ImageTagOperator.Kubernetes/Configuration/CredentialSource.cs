namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>Where a credential comes from: fixed, a file that is rotated, or a program.</summary>
internal abstract class CredentialSource
{
    /// <param name="refused">The server answered 401 to the last one: get a new one.</param>
    public abstract ValueTask<Credential> GetAsync(TimeProvider time, bool refused, CancellationToken cancellationToken);

    /// <summary>The last credential that was handed out: its certificate decides over which connections a request may go.</summary>
    public abstract Credential Current { get; }
}
