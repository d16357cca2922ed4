namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>The source of a credential: a fixed value, a rotated file, or a program.</summary>
internal abstract class CredentialSource
{
    /// <param name="rejected">True when the server answered 401 to the last credential: get a new one.</param>
    public abstract ValueTask<Credential> GetAsync(TimeProvider time, bool rejected, CancellationToken cancellationToken);

    /// <summary>The last credential that was returned. Its certificate decides which connections a request can use.</summary>
    public abstract Credential Current { get; }
}
