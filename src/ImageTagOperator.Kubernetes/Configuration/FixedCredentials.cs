namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>A token or certificate that does not change.</summary>
internal sealed class FixedCredentials(Credential credential) : CredentialSource
{
    public override Credential Current => credential;

    public override ValueTask<Credential> GetAsync(TimeProvider time, bool rejected, CancellationToken cancellationToken) =>
        new(credential);
}
