using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.Tests.OpenStack;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>Whom people gave as <c>cacert</c>.</summary>
public sealed class TlsReports
{
    private const SslPolicyErrors Untrusted = SslPolicyErrors.RemoteCertificateChainErrors;

    // dotnet/runtime#99426, kubernetes-sigs/cluster-api-provider-openstack#264
    [Fact]
    public void The_authority_that_signed_the_server_is_enough()
    {
        var between = new TestCertificates().Intermediate();
        var (leaf, _) = between.Issue("server");
        Assert.True(Trust(between.Pem).IsTrusted(X509Certificate2.CreateFromPem(leaf), null, Untrusted));
    }

    // connamara/quickfixn#990
    [Fact]
    public void Nobody_else_is_trusted_for_it()
    {
        var between = new TestCertificates().Intermediate();
        var (leaf, _) = between.Issue("server");
        var (stranger, _) = new TestCertificates().Intermediate().Issue("server");
        Assert.False(Trust(between.Pem).IsTrusted(X509Certificate2.CreateFromPem(stranger), null, Untrusted));
        Assert.False(Trust(new TestCertificates().Intermediate().Pem).IsTrusted(X509Certificate2.CreateFromPem(leaf), null, Untrusted));
        Assert.False(Trust(between.Pem)
            .IsTrusted(X509Certificate2.CreateFromPem(leaf), null, Untrusted | SslPolicyErrors.RemoteCertificateNameMismatch));
        Assert.False(
            Trust(between.Pem).IsTrusted(X509Certificate2.CreateFromPem(leaf), null, SslPolicyErrors.RemoteCertificateNameMismatch));
        Assert.False(Trust(between.Pem).IsTrusted(null, null, SslPolicyErrors.RemoteCertificateNotAvailable));
    }

    // convertersystems/opc-ua-client#212
    [Fact]
    public void A_certificate_that_has_ended_is_not_trusted()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new CertificateRequest("CN=server", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var ended = request.CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.False(Trust(ended.ExportCertificatePem()).IsTrusted(ended, null, Untrusted));
    }

    private static ChainTrust Trust(string pem)
    {
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPem(pem);
        return new ChainTrust(anchors);
    }
}
