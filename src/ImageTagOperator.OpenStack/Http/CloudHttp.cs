using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Flurl.Http;

namespace ImageTagOperator.OpenStack;

/// <summary>Sends requests to one cloud: its TLS trust, a deadline on everything, no redirects, and <see cref="RequestGuard"/> at the end.</summary>
internal sealed class CloudHttp : IDisposable
{
    /// <summary>With its database down a Keystone was seen to hang for over a minute.</summary>
    private static readonly TimeSpan DefaultDeadline = TimeSpan.FromSeconds(60);

    private static readonly string UserAgent = "image-tag-operator/" + (typeof(CloudHttp).Assembly.GetName().Version?.ToString(3) ?? "0");

    private readonly HttpClient http;
    private readonly FlurlClient flurl;
    private readonly TimeSpan limit;
    private readonly Func<bool> mayWrite;

    /// <param name="deadline">For each request; 60 s when null.</param>
    /// <param name="mayWrite">Asked right before a PUT or DELETE goes out; null: always.</param>
    public CloudHttp(CloudConfiguration cloud, TimeSpan? deadline = null, Func<bool>? mayWrite = null)
    {
        this.mayWrite = mayWrite ?? (static () => true);
        limit = deadline ?? DefaultDeadline;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,      // a redirect would carry the token to an address that nobody configured
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            UseCookies = false,
            SslOptions = Trust(cloud),
        };
        http = new HttpClient(new RequestGuard(handler)) { Timeout = Timeout.InfiniteTimeSpan };
        flurl = new FlurlClient(http);
    }

    /// <summary>One request, whatever its status. Reads the whole body before it returns.</summary>
    /// <param name="url">Absolute, every part already percent-encoded.</param>
    /// <exception cref="CloudCallException">No whole answer came.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or a write that may not go out.</exception>
    public async Task<CloudResponse> SendAsync(HttpMethod method, string url, string? token, byte[]? json, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        using var content = Content(method, json);
        var request = new FlurlRequest(url) { Client = flurl }
            .AllowAnyHttpStatus()
            .WithHeader("Accept", "application/json")       // without it Glance's errors are HTML
            .WithHeader("User-Agent", UserAgent)
            .WithHeader("X-OpenStack-Request-ID", RequestIds.Next());
        if (token is not null) request = request.WithHeader("X-Auth-Token", token);
        try
        {
            using var response = await request.SendAsync(method, content, deadline.Token);
            var body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return new CloudResponse(
                $"{method} {WithoutQuery(url)}",
                (int)response.StatusCode,
                body,
                response.Headers.TryGetValues("X-Subject-Token", out var subject) ? subject.FirstOrDefault() : null,
                RetryAfter(response.Headers.RetryAfter));
        }
        catch (Exception e) when (e is FlurlHttpException or HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (content is WriteContent { IsWithheld: true })
            {
                throw new OperationCanceledException($"{method} {WithoutQuery(url)} was not sent: this replica is not the leader.", e);
            }

            throw CloudCallException.For($"{method} {WithoutQuery(url)}", deadline.IsCancellationRequested ? limit : null, e);
        }
    }

    public void Dispose()
    {
        flurl.Dispose();
        http.Dispose();
    }

    /// <summary>SocketsHttpHandler sends a request without content up to three more times when a connection that was in use before is closed
    /// without an answer. It never does so once it has begun with a content, so a write always has one, be it empty.</summary>
    private HttpContent? Content(HttpMethod method, byte[]? json)
    {
        if (json is null) return method == HttpMethod.Get ? null : new WriteContent(mayWrite);
        return new ByteArrayContent(json) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }

    private static string WithoutQuery(string url) => url.Split('?', 2)[0];

    /// <summary>Only the form in seconds: it is what OpenStack's services and the proxies before them send.</summary>
    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta;

    private static SslClientAuthenticationOptions Trust(CloudConfiguration cloud)
    {
        var options = new SslClientAuthenticationOptions();
        if (!cloud.VerifyTls)
        {
#pragma warning disable CA5359 // clouds.yaml says 'verify: false'
            options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (cloud.CaCertificates is { } pem)
        {
            var roots = new X509Certificate2Collection();
            try
            {
                roots.ImportFromPem(pem);
            }
            catch (Exception e) when (e is System.Security.Cryptography.CryptographicException or ArgumentException)
            {
                throw new InvalidCloudsYamlException($"cloud '{cloud.Name}': 'cacert' holds no valid PEM certificates: {e.Message}", e);
            }

            if (roots.Count == 0) throw new InvalidCloudsYamlException($"cloud '{cloud.Name}': 'cacert' holds no PEM certificate.");
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(roots);
        }

        return options;
    }
}
