namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>What proves who we are. A class, not a record: its text form must not show the token.</summary>
internal sealed class Credential(string? token, ClientCertificate? certificate)
{
    public static Credential None { get; } = new(null, null);

    public string? Token => token;

    public ClientCertificate? Certificate => certificate;
}
