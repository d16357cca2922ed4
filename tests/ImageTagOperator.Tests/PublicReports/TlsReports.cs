using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ImageTagOperator.Contracts;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.OpenStack;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>Certificates that users set as <c>cacert</c>.</summary>
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
    public void No_other_authority_is_trusted()
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
    public void An_expired_certificate_is_not_trusted()
    {
        using var key = ECDsa.Create();
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        using var ended = request.CreateSelfSigned(new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.False(Trust(ended.ExportCertificatePem()).IsTrusted(ended, null, Untrusted));
    }

    // dotnet/runtime#43884
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_renewed_authority_is_trusted_beside_its_expired_certificate(bool newFirst)
    {
        string Both(TestCertificates authority) => newFirst ? $"{authority.Pem}\n{authority.Predecessor()}"
            : $"{authority.Predecessor()}\n{authority.Pem}";

        await using var cloud = await MutualTlsCloud.StartAsync();
        var (certificate, key) = cloud.Authority.Issue("operator");
        using var session = TestSession.Of(CloudsYaml.Parse(cloud.CloudsYaml, "demo", new(Both(cloud.Authority), certificate, key)));
        Assert.Null(await session.GetImageAsync(MutualTlsCloud.NoImage, TestContext.Current.CancellationToken));

        var between = new TestCertificates().Intermediate();
        var (leaf, _) = between.Issue("server");
        Assert.True(Trust(Both(between)).IsTrusted(X509Certificate2.CreateFromPem(leaf), null, Untrusted));
        Assert.False(Trust(between.Predecessor()).IsTrusted(X509Certificate2.CreateFromPem(leaf), null, Untrusted));
    }

    // cert-manager/cert-manager#8058, kubernetes/kubernetes#40589; kube-rs/kube#504
    [Theory]
    [InlineData("\n")]
    [InlineData("")]
    public void A_key_of_openssl_ecparam_is_read_with_and_without_a_trailing_line_break(string end)
    {
        const string parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
        var (certificate, key) = new TestCertificates().Issue("operator");
        using var pair = ECDsa.Create();
        pair.ImportFromPem(key);
        (certificate, key) = (certificate + end, parameters + pair.ExportECPrivateKeyPem() + end);
        Assert.True(CloudTls.Options(Cloud(new(null, certificate, key))).ClientCertificateContext!.TargetCertificate.HasPrivateKey);

        using var home = new KubeconfigFolder();
        var user = $"client-certificate-data: {KubeconfigFolder.Base64(certificate)}, client-key-data: {KubeconfigFolder.Base64(key)}";
        Assert.True(home.Find(home.One("https://api", "", user)).Credentials.Current.Certificate!.Leaf.HasPrivateKey);
    }

    // debops/debops#1424, flatcar/Flatcar#1601
    [Fact]
    public void An_authority_is_not_lost_in_concatenated_files_without_a_line_break()
    {
        var pem = $"{new TestCertificates().Pem}{new TestCertificates().Pem}\n{new TestCertificates().Pem}";
        Assert.Equal(3, CloudTls.Options(Cloud(new(pem))).CertificateChainPolicy!.CustomTrustStore.Count);
        using var home = HomeWith(pem);
        Assert.Equal(3, home.Find(home.PathOf("config")).CertificateAuthority!.Count);
        Assert.Equal(3, home.Find().CertificateAuthority!.Count);
    }

    // debops/debops#1424
    [Fact]
    public void A_truncated_authority_is_reported_by_its_line_and_not_skipped()
    {
        var good = new TestCertificates().Pem;
        var pem = $"{good}\n# the next one\n{good.Replace("-----END CERTIFICATE-----", "", StringComparison.Ordinal)}{good}";
        var expected = $"the block that begins at line {good.Count(c => c == '\n') + 3} is no PEM certificate";
        Assert.Contains(expected, Assert.Throws<InvalidCloudsYamlException>(() => CloudTls.Options(Cloud(new(pem)))).Message,
            StringComparison.Ordinal);
        using var home = HomeWith(pem);
        foreach (var (flag, place) in new (string?, string)[] { (home.PathOf("config"), "cluster 'c'"), (null, home.PathOf("sa/ca.crt")) })
        {
            var error = Assert.Throws<KubernetesConfigurationException>(() => home.Find(flag));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.Contains(place, error.Message, StringComparison.Ordinal);
        }
    }

    // debops/debops#1424
    [Fact]
    public void A_client_certificate_is_followed_by_its_authorities_without_a_line_break_between_them()
    {
        var between = new TestCertificates().Intermediate();
        var (leaf, key) = between.Issue("operator");
        var together = leaf + between.Pem + key;
        Assert.True(CloudTls.Options(Cloud(new(null, together))).ClientCertificateContext!.TargetCertificate.HasPrivateKey);
        var certificate = ClientCertificate.Read(together, together);
        Assert.Equal(("CN=operator", 1), (certificate.Leaf.Subject, certificate.Others.Count));
    }

    /// <summary>A pod and a kubeconfig with these authorities.</summary>
    private static KubeconfigFolder HomeWith(string authorities)
    {
        var home = new KubeconfigFolder();
        home.One("https://api", $"certificate-authority-data: {KubeconfigFolder.Base64(authorities)}", "token: x");
        home.Environment["KUBERNETES_SERVICE_HOST"] = "127.0.0.1";
        home.Environment["KUBERNETES_SERVICE_PORT"] = "6443";
        home.Write("sa/token", "pod-token\n");
        home.Write("sa/ca.crt", authorities);
        return home;
    }

    private static CloudConfiguration Cloud(TlsFiles files) =>
        CloudsYaml.Parse("clouds: {demo: {auth: {auth_url: https://k, user_id: u, password: x}}}", "demo", files);

    private static ChainTrust Trust(string pem)
    {
        var anchors = new X509Certificate2Collection();
        anchors.ImportFromPem(pem);
        return new ChainTrust(anchors);
    }
}
