namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>A token, a client certificate or both. A class, not a record: its text form must not contain the token.</summary>
internal sealed class Credential(string? token, ClientCertificate? certificate)
{
    public static Credential None { get; } = new(null, null);

    public string? Token => token;

    public ClientCertificate? Certificate => certificate;
}
