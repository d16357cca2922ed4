using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ImageTagOperator.Hosting;
using ImageTagOperator.Kubernetes.Authorization;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Tests.Commands;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Monitoring;

/// <summary>/metrics at its own address.</summary>
public sealed class SecureMetricsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_require_authorization_by_the_API_server_and_health_does_not()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        using var client = new KubernetesClient(
            new() { Server = new Uri("http://stub") }, ReviewingServer.Create(), WidgetJsonContext.Default, "t/1");
        using var reviewer = new AccessReviewer(client, TimeProvider.System);
        await using var running = await MonitoredOperator.StartAsync(
            world, with: options => options with { MetricsAddress = "https://127.0.0.1:0" }, reviewer: reviewer);
        var (plain, secure) = (running.Url, running.Urls.Single(url => url.Scheme == "https"));
        using var http = Trusting(_ => { });

        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(plain, "/metrics", "token-of-prometheus")).Status);
        Assert.Equal((HttpStatusCode.OK, "ok\n"), await GetAsync(plain, "/healthz", null));
        Assert.Equal((HttpStatusCode.Unauthorized, "a bearer token of the cluster is needed\n"), await GetAsync(secure, "/metrics", null));
        Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(secure, "/metrics", "made-up")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(secure, "/metrics", "token-of-a-stranger")).Status);
        var (status, text) = await GetAsync(secure, "/metrics", "token-of-prometheus");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("imagetags_build_info", text, StringComparison.Ordinal);

        async Task<(HttpStatusCode Status, string Text)> GetAsync(Uri where, string path, string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(where, path));
            if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            using var response = await http.SendAsync(request, Cancel);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(Cancel));
        }
    }

    [Fact]
    public async Task All_requests_are_rejected_when_the_API_server_is_unreachable()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        // The embedded API server has no TokenReview.
        await using var running = await MonitoredOperator.StartAsync(
            world, with: options => options with { MetricsAddress = "https://127.0.0.1:0" });
        using var http = Trusting(_ => { });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "token-of-prometheus");
        using var response = await http.GetAsync(new Uri(running.Urls.Single(url => url.Scheme == "https"), "/metrics"), Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task A_new_certificate_is_served_when_it_is_complete()
    {
        await using var world = await SandboxWorld.CreateAsync(Sandbox.Cloud.CloudFlavor.OpenStack);
        var folder = Directory.CreateTempSubdirectory("certificate-").FullName;
        await WriteAsync(folder, "one");
        await using var running = await MonitoredOperator.StartAsync(
            world, with: options => options with { MetricsAddress = "https://127.0.0.1:0", MetricsCertPath = folder });
        var url = running.Urls.Single(url => url.Scheme == "https");
        Assert.Equal("CN=one", await SubjectAsync(url));
        await WriteAsync(folder, "two");
        Assert.Equal("CN=two", await SubjectAsync(url));
        await File.WriteAllTextAsync(Path.Combine(folder, "tls.crt"), "half a cert", Cancel);
        Assert.Equal("CN=two", await SubjectAsync(url));
        File.Delete(Path.Combine(folder, "tls.key"));
        Assert.Equal("CN=two", await SubjectAsync(url));
    }

    [Theory]
    [InlineData("http://127.0.0.1:8443", "--metrics-address must be a URL such as https://0.0.0.0:8443, and is http://127.0.0.1:8443.")]
    [InlineData("https://127.0.0.1", "--metrics-address must be a URL such as https://0.0.0.0:8443, and https://127.0.0.1 has no port")]
    public async Task An_invalid_address_is_rejected(string address, string message)
    {
        using var run = new CommandRun();
        var (code, output, error) = await run.TypeAsync($"run --metrics-address {address}");
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_certificate_is_rejected_at_the_start()
    {
        var folder = Directory.CreateTempSubdirectory("certificate-").FullName;
        var error = Assert.Throws<IOException>(() => MetricsCertificate.Of(folder));
        Assert.StartsWith($"--metrics-cert-path {folder} has no tls.crt and tls.key that can be used: ", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The certificate that a new connection gets.</summary>
    private static async Task<string> SubjectAsync(Uri url)
    {
        var subject = "";
        using var http = Trusting(certificate => subject = certificate.Subject);
        using var response = await http.GetAsync(new Uri(url, "/metrics"), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        return subject;
    }

    private static async Task WriteAsync(string folder, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        await File.WriteAllTextAsync(Path.Combine(folder, "tls.key"), key.ExportPkcs8PrivateKeyPem(), Cancel);
        await File.WriteAllTextAsync(Path.Combine(folder, "tls.crt"), certificate.ExportCertificatePem(), Cancel);
    }

    private static HttpClient Trusting(Action<X509Certificate2> seen) => new(new HttpClientHandler
    {
        ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
        {
            seen(certificate!);
            return true;
        },
    });
}
