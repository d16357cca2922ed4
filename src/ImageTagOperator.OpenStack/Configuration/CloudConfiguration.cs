namespace ImageTagOperator.OpenStack.Configuration;

/// <summary>One entry of a clouds.yaml, as far as an image client needs it. Two equal ones share a <see cref="CloudSession"/>.</summary>
/// <param name="Name">The entry's name under <c>clouds</c>.</param>
/// <param name="AuthUrl">Keystone's v3 address, without a trailing slash.</param>
/// <param name="RegionName">The catalog region wanted, or null for the only one there is.</param>
/// <param name="Interface"><c>public</c>, <c>internal</c> or <c>admin</c>.</param>
/// <param name="ImageEndpointOverride">An Image API address that wins over the catalog, or null.</param>
/// <param name="CaCertificates">PEM certificates that are trusted instead of the system's, or null.</param>
/// <param name="VerifyTls">False accepts any server certificate.</param>
/// <param name="ClientCertificate">PEM that is shown to servers that ask for one, its own certificate first; or null. May hold the key as
/// well.</param>
/// <param name="ClientKey">PEM of its private key, or null.</param>
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
    /// <summary>What kind of Image API it is.</summary>
    public CloudProfile Profile { get; init; }

    public override string ToString() => $"cloud '{Name}' at {AuthUrl}";
}
