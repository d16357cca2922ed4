using System.Net.Http.Headers;
using Flurl.Http;

namespace ImageTagOperator.OpenStack;

/// <summary>Sends requests to one cloud: its TLS trust, a deadline on everything, no redirects, and <see cref="RequestGuard"/> at the end.</summary>
internal sealed class CloudHttp : IDisposable
{
    private static readonly string UserAgent = "image-tag-operator/" + (typeof(CloudHttp).Assembly.GetName().Version?.ToString(3) ?? "0");

    private readonly HttpClient http;
    private readonly FlurlClient flurl;
    private readonly CloudHosts hosts;

    public CloudHttp(CloudConfiguration cloud, CloudHosts hosts)
    {
        this.hosts = hosts;
        http = new HttpClient(new RequestGuard(hosts.Transport(cloud))) { Timeout = Timeout.InfiniteTimeSpan };
        flurl = new FlurlClient(http);
    }

    public static HttpMessageHandler Connections(CloudConfiguration cloud) => new SocketsHttpHandler
    {
        AllowAutoRedirect = false,      // a redirect would carry the token to an address that nobody configured
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseCookies = false,
        SslOptions = CloudTls.Options(cloud),
    };

    /// <summary>One request, whatever its status. Reads the whole body before it returns.</summary>
    /// <param name="url">Absolute, every part already percent-encoded.</param>
    /// <exception cref="CloudCallException">No whole answer came.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or a write that may not go out.</exception>
    public Task<CloudResponse> SendAsync(HttpMethod method, string url, string? token, byte[]? json, CancellationToken cancellationToken)
    {
        var call = $"{method} {WithoutQuery(url)}";
        return hosts.For(new Uri(url)).SendAsync(call, cancelled => SendNowAsync(call, method, url, token, json, cancelled), cancellationToken);
    }

    private async ValueTask<CloudResponse> SendNowAsync(string call, HttpMethod method, string url, string? token, byte[]? json, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(hosts.Limits.Deadline);
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
                call,
                (int)response.StatusCode,
                body,
                response.Headers.TryGetValues("X-Subject-Token", out var subject) ? subject.FirstOrDefault() : null,
                RetryAfter(response.Headers.RetryAfter),
                response.Headers.Date);
        }
        catch (Exception e) when (e is FlurlHttpException or HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (content is WriteContent { IsWithheld: true }) throw new OperationCanceledException($"{call} was not sent: this replica is not the leader.", e);
            throw CloudCallException.For(call, deadline.IsCancellationRequested ? hosts.Limits.Deadline : null, e);
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
        if (method == HttpMethod.Get) return null;
        HttpContent content = method == HttpMethod.Post ? new ByteArrayContent(json ?? []) : new WriteContent(json ?? [], hosts.MayWrite);
        if (json is not null) content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    private static string WithoutQuery(string url) => url.Split('?', 2)[0];

    /// <summary>Only the form in seconds: it is what OpenStack's services and the proxies before them send.</summary>
    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta;
}
