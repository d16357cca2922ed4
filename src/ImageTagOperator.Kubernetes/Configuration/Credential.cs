using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.Kubernetes;

/// <summary>What proves who we are. A class, not a record: its text form must not show the token.</summary>
internal sealed class Credential(string? token, X509Certificate2? certificate)
{
    public static Credential None { get; } = new(null, null);

    public string? Token => token;

    public X509Certificate2? Certificate => certificate;
}
