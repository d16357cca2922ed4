using System.Security.Cryptography.X509Certificates;
using ImageTagOperator.Shared;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>A certificate with its key, and the authorities that were written behind it: a server that knows only the root needs
/// them.</summary>
internal sealed record ClientCertificate(X509Certificate2 Leaf, X509Certificate2Collection Others)
{
    /// <param name="pem">The certificate first, then others.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Not PEM, or the key is another's.</exception>
    public static ClientCertificate Read(string pem, string key)
    {
        var others = PemCertificates.Read(pem);
        if (others.Count > 0) others.RemoveAt(0);
        return new(X509Certificate2.CreateFromPem(PemCertificates.Separated(pem), PemCertificates.Separated(key)), others);
    }
}
