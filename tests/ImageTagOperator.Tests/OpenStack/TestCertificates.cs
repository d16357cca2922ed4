using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>A certificate authority for one test.</summary>
internal sealed class TestCertificates
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly X509Certificate2 issuer;

    public TestCertificates()
        : this(Self(Request("CN=test CA", authority: true)))
    {
    }

    private TestCertificates(X509Certificate2 issuer) => this.issuer = issuer;

    public string Pem => issuer.ExportCertificatePem();

    /// <summary>The expired certificate of this authority before its renewal, with the same name and key.</summary>
    public string Predecessor()
    {
        using var key = issuer.GetECDsaPrivateKey()!;
        var request = new CertificateRequest(issuer.SubjectName, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var ended = request.CreateSelfSigned(Now.AddYears(-2), Now.AddYears(-1));
        return ended.ExportCertificatePem();
    }

    /// <summary>An authority that this one has signed.</summary>
    public TestCertificates Intermediate()
    {
        var (certificate, key) = Signed(Request("CN=test intermediate CA", authority: true));
        return new TestCertificates(certificate.CopyWithPrivateKey(key));
    }

    /// <summary>A certificate for 127.0.0.1, for servers and clients alike.</summary>
    public (string Certificate, string Key) Issue(string name)
    {
        var (certificate, key) = Signed(Request($"CN={name}", authority: false));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static (CertificateRequest Request, ECDsa Key) Request(string name, bool authority)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        if (!authority) request.CertificateExtensions.Add(names.Build());
        return (request, key);
    }

    private static X509Certificate2 Self((CertificateRequest Request, ECDsa Key) made) =>
        made.Request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));

    private (X509Certificate2 Certificate, ECDsa Key) Signed((CertificateRequest Request, ECDsa Key) made) =>
        (made.Request.Create(issuer, Now.AddHours(-1), Now.AddHours(1), RandomNumberGenerator.GetBytes(8)), made.Key);
}
