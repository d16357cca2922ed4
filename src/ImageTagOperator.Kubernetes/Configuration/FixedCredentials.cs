namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>A token or certificate that stays as it is.</summary>
internal sealed class FixedCredentials(Credential credential) : CredentialSource
{
    public override Credential Current => credential;

    public override ValueTask<Credential> GetAsync(TimeProvider time, bool refused, CancellationToken cancellationToken) => new(credential);
}
