using System.Security.Cryptography.X509Certificates;
using ImageTagOperator.Shared;

namespace ImageTagOperator.Kubernetes.Configuration;

/// <summary>A certificate with its key and its intermediates, which a server needs that only has the root.</summary>
internal sealed record ClientCertificate(X509Certificate2 Leaf, X509Certificate2Collection Others)
{
    /// <param name="pem">The certificate, followed by the intermediates.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The text is not PEM, or the key does not match.</exception>
    public static ClientCertificate Read(string pem, string key)
    {
        var others = PemCertificates.Read(pem);
        if (others.Count > 0) others.RemoveAt(0);
        return new(X509Certificate2.CreateFromPem(PemCertificates.Separated(pem), PemCertificates.Separated(key)), others);
    }
}
