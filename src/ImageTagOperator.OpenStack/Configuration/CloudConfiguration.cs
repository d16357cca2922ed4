namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>One cloud of a clouds.yaml, with what an image client needs. Equal configurations share a <see cref="CloudSession"/>.</summary>
/// <param name="Name">The name of the entry under <c>clouds</c>.</param>
/// <param name="AuthUrl">The address of Keystone v3, without a trailing slash.</param>
/// <param name="RegionName">The region in the catalog; null when there is only one.</param>
/// <param name="Interface"><c>public</c>, <c>internal</c> or <c>admin</c>.</param>
/// <param name="ImageEndpointOverride">The address of the Image API to use instead of the catalog's, or null.</param>
/// <param name="CaCertificates">PEM certificates that are trusted instead of the system's, or null.</param>
/// <param name="VerifyTls">False to accept any server certificate.</param>
/// <param name="ClientCertificate">The client certificate as PEM, followed by its intermediates; or null. It may include the key.</param>
/// <param name="ClientKey">The private key of the client certificate as PEM, or null.</param>
public sealed record CloudConfiguration(
    string Name,
    Uri AuthUrl,
    CloudCredential Credential,
    CloudScope Scope,
    string? RegionName,
    string Interface,
    Uri? ImageEndpointOverride,
    string? CaCertificates,
    bool VerifyTls,
    string? ClientCertificate = null,
    string? ClientKey = null)
{
    /// <summary>The kind of Image API.</summary>
    public CloudProfile Profile { get; init; }

    public override string ToString() => $"cloud '{Name}' at {AuthUrl}";
}
