using ImageTagOperator.Contracts;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

public sealed class CloudTlsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_client_certificate_is_sent_to_keystone_and_to_the_image_api()
    {
        await using var server = await MutualTlsCloud.StartAsync();
        var (certificate, key) = server.Authority.Issue("operator");
        foreach (var files in new TlsFiles[] { new(server.Authority.Pem, certificate, key),
            new(server.Authority.Pem, key + "\n" + certificate) })
        {
            using var session = Session(server, files);
            Assert.Null(await session.GetImageAsync(MutualTlsCloud.NoImage, Cancel));
        }

        Assert.Equal(Enumerable.Repeat("CN=operator", 4), server.Seen);
    }

    [Fact]
    public async Task The_intermediate_certificates_are_sent_too()
    {
        await using var server = await MutualTlsCloud.StartAsync();
        var between = server.Authority.Intermediate();
        var (certificate, key) = between.Issue("operator");
        using var session = Session(server, new(server.Authority.Pem, certificate + "\n" + between.Pem, key));
        Assert.Null(await session.GetImageAsync(MutualTlsCloud.NoImage, Cancel));
    }

    [Fact]
    public async Task The_files_that_a_cloud_names_work_too()
    {
        await using var server = await MutualTlsCloud.StartAsync();
        var (certificate, key) = server.Authority.Issue("operator");
        var files = new Dictionary<string, string> { ["/ca"] = server.Authority.Pem, ["/c"] = certificate, ["/k"] = key };
        var yaml = server.CloudsYaml.Replace("demo: {", "demo: {cacert: /ca, cert: /c, key: /k, ", StringComparison.Ordinal);
        using var session = TestSession.Of(CloudsYaml.Parse(yaml, "demo", readFile: path => files[path]));
        Assert.Null(await session.GetImageAsync(MutualTlsCloud.NoImage, Cancel));
    }

    [Fact]
    public async Task A_server_does_not_respond_without_the_right_client_certificate()
    {
        await using var server = await MutualTlsCloud.StartAsync();
        var (certificate, key) = new TestCertificates().Issue("stranger");
        foreach (var files in new TlsFiles[] { new(server.Authority.Pem), new(server.Authority.Pem, certificate, key) })
        {
            using var session = Session(server, files);
            var error = await Assert.ThrowsAsync<CloudException>(() => session.GetImageAsync(MutualTlsCloud.NoImage, Cancel));
            Assert.Equal(CloudErrorKind.Transient, error.Kind);
            Assert.DoesNotContain("PRIVATE KEY", error.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(server.Seen);
    }

    [Fact]
    public async Task A_server_of_another_authority_is_trusted_only_without_verification()
    {
        await using var server = await MutualTlsCloud.StartAsync();
        var (certificate, key) = server.Authority.Issue("operator");
        using var strict = Session(server, new(new TestCertificates().Pem, certificate, key));
        var error = await Assert.ThrowsAsync<CloudException>(() => strict.GetImageAsync(MutualTlsCloud.NoImage, Cancel));
        Assert.Contains("give it as 'cacert'", error.Message, StringComparison.Ordinal);

        var insecure = CloudsYaml.Parse(
            server.CloudsYaml.Replace("demo: {", "demo: {insecure: true, ", StringComparison.Ordinal), "demo", new(null, certificate, key));
        using var loose = TestSession.Of(insecure);
        Assert.Null(await loose.GetImageAsync(MutualTlsCloud.NoImage, Cancel));
    }

    [Fact]
    public void A_mismatched_key_pair_is_rejected_without_showing_the_key()
    {
        var authority = new TestCertificates();
        var (certificate, key) = authority.Issue("one");
        var (_, other) = authority.Issue("two");
        (string Certificate, string? Key, string Expected)[] mistakes =
        [
            (certificate, other, "no PEM certificate and its private key"),
            (certificate, null, "comes without a private key; give it as 'key'"),
            (certificate, "no key at all", "comes without a private key"),
            ("no certificate", key, "no PEM certificate and its private key"),
            (certificate, key.Replace("BEGIN PRIVATE", "BEGIN ENCRYPTED PRIVATE", StringComparison.Ordinal), "is encrypted"),
            (certificate, "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----", "no PEM certificate and its private key"),
        ];
        foreach (var (given, with, expected) in mistakes)
        {
            var cloud = CloudsYaml.Parse(
                "clouds: {demo: {auth: {auth_url: https://k, user_id: u, password: x}}}", "demo", new(null, given, with));
            var error = Assert.Throws<InvalidCloudsYamlException>(() => TestSession.Of(cloud));
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(key.Split('\n')[1], error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY-----", $"{cloud} {new TlsFiles(null, given, with)}", StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_invalid_certificate_among_the_authorities_is_reported_by_its_line()
    {
        var good = new TestCertificates().Pem + "\n";
        var lines = good.Count(c => c == '\n');
        foreach (var (pem, expected) in new (string, string)[]
        {
            (good + "# the next one\n-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----\n", $"at line {lines + 2} "),
            ("-----BEGIN CERTIFICATE-----\nno base64!\n-----END CERTIFICATE-----\n", "at line 1 "),
            ("c2VjcmV0", "holds no PEM certificate."),
        })
        {
            var cloud = CloudsYaml.Parse("clouds: {demo: {auth: {auth_url: https://k, user_id: u, password: x}}}", "demo", new(pem));
            var error = Assert.Throws<InvalidCloudsYamlException>(() => TestSession.Of(cloud));
            Assert.Contains("'cacert' ", error.Message, StringComparison.Ordinal);
            Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_key_without_a_certificate_is_rejected()
    {
        var error = Assert.Throws<InvalidCloudsYamlException>(
            () => CloudsYaml.Parse(
                "clouds: {demo: {auth: {auth_url: https://k, user_id: u, password: x}}}", "demo", new(null, null, "s3cr3t")));
        Assert.Contains("'key' is of no use without 'cert'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cert")]
    [InlineData("key")]
    [InlineData("cacert")]
    public void PEM_text_instead_of_a_path_is_rejected_without_showing_it(string key)
    {
        var yaml = "clouds:\n  demo:\n    auth: {auth_url: https://k, user_id: u, password: x}\n    "
            + key + ": |\n      -----BEGIN PRIVATE KEY-----\n      c2VjcmV0\n      -----END PRIVATE KEY-----\n";
        var error = Assert.Throws<InvalidCloudsYamlException>(() => CloudsYaml.Parse(yaml, "demo"));
        Assert.Contains($"'{key}' must be a path and is PEM text", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", error.ToString(), StringComparison.Ordinal);
    }

    private static CloudSession Session(MutualTlsCloud server, TlsFiles files) =>
        TestSession.Of(CloudsYaml.Parse(server.CloudsYaml, "demo", files));
}
