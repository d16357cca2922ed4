using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>A certificate authority, self-signed or signed by another one.</summary>
internal sealed class TestAuthority : IDisposable
{
    private static readonly DateTimeOffset From = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static int serial;

    private readonly TestAuthority? issuer;

    public TestAuthority(string name = "ca", TestAuthority? issuer = null)
    {
        this.issuer = issuer;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        Certificate = issuer is null ? request.CreateSelfSigned(From, From.AddYears(30)) : issuer.Sign(request, key);
    }

    public X509Certificate2 Certificate { get; }

    public string Pem => Certificate.ExportCertificatePem();

    /// <summary>A certificate for TLS servers; the names can be IP addresses.</summary>
    public X509Certificate2 IssueServer(params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address)) alternatives.AddIpAddress(address);
            else alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        return Sign(request, key);
    }

    /// <summary>A certificate for a user.</summary>
    /// <returns>The certificate, the intermediate certificates, and the key.</returns>
    public (string Certificate, string Key) IssueClient(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"O=system:masters, CN={name}", key, HashAlgorithmName.SHA256);
        using var leaf = Sign(request, key);
        var chain = leaf.ExportCertificatePem() + "\n";
        for (var above = this; above.issuer is not null; above = above.issuer) chain += above.Pem + "\n";
        return (chain, key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    public void Dispose() => Certificate.Dispose();

    private X509Certificate2 Sign(CertificateRequest request, ECDsa key)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Certificate, true, false));
        using var signed = request.Create(
            Certificate, From.AddDays(1), From.AddYears(29), BitConverter.GetBytes(Interlocked.Increment(ref serial)));
        return signed.CopyWithPrivateKey(key);
    }
}
