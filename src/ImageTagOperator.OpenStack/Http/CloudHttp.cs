using System.Collections.Concurrent;
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
    private readonly ConcurrentDictionary<string, byte> used = new(StringComparer.OrdinalIgnoreCase);

    public CloudHttp(CloudConfiguration cloud, CloudHosts hosts)
    {
        this.hosts = hosts;
        http = new HttpClient(new RequestGuard(hosts.Transport(cloud))) { Timeout = Timeout.InfiniteTimeSpan };
        flurl = new FlurlClient(http);
    }

    /// <summary>The servers that requests went to.</summary>
    public IEnumerable<string> Used => used.Keys;

    public static HttpMessageHandler Connections(CloudConfiguration cloud) => new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,       // a request has our own span, and is told the trace's id in OpenStack's way
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
    public async Task<CloudResponse> SendAsync(HttpMethod method, string url, string? token, byte[]? json, CancellationToken cancellationToken)
    {
        var call = $"{method} {WithoutQuery(url)}";
        var address = new Uri(url);
        var host = HostOf(address);
        using var telling = new CloudCall(host.Metrics, method, address);
        try
        {
            var response = await host.SendAsync(call, SendTimedAsync, cancellationToken);
            telling.Answered(response.Status);
            return response;
        }
        catch (CloudCallException e)
        {
            telling.Failed(e);
            throw;
        }

        async ValueTask<CloudResponse> SendTimedAsync(CancellationToken cancelled)
        {
            var started = hosts.Time.GetTimestamp();
            try
            {
                return await SendNowAsync(call, method, url, token, json, cancelled);
            }
            finally
            {
                host.Metrics.Answered(telling.Operation, hosts.Time.GetElapsedTime(started));
            }
        }
    }

    /// <summary>A login at this server has ended: <c>success</c>, <c>rejected</c> or <c>failed</c>.</summary>
    public void LoggedIn(Uri authUrl, string result) => HostOf(authUrl).Metrics.LoggedIn(result);

    private CloudHost HostOf(Uri url)
    {
        var authority = CloudHosts.AuthorityOf(url);
        used.TryAdd(authority, 0);
        return hosts.For(authority);
    }

    private async ValueTask<CloudResponse> SendNowAsync(string call, HttpMethod method, string url, string? token, byte[]? json, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(hosts.Limits.Deadline);
        using var content = Content(method, json);
        var request = new FlurlRequest(url) { Client = flurl }
            .AllowAnyHttpStatus()
            .WithAutoRedirect(false)        // Flurl follows redirects by itself, whatever the handler says
            .WithHeader("Accept", "application/json")       // without it Glance's errors are HTML
            .WithHeader("User-Agent", UserAgent)
            .WithHeader("X-OpenStack-Request-ID", RequestIds.Current());
        if (token is not null) request = request.WithHeader("X-Auth-Token", token);
        try
        {
            using var response = (await request.SendAsync(method, content, HttpCompletionOption.ResponseContentRead, deadline.Token)).ResponseMessage;
            var body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            return new CloudResponse(
                call,
                (int)response.StatusCode,
                body,
                response.Headers.TryGetValues("X-Subject-Token", out var subject) ? subject.FirstOrDefault() : null,
                RetryAfter(response.Headers.RetryAfter),
                response.Headers.Date,
                RedirectTarget(url, response.Headers.Location));
        }
        catch (Exception e) when (CloudCallException.IsNoAnswer(e))
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

    private static string? RedirectTarget(string url, Uri? location) => location is not null && Uri.TryCreate(new Uri(url), location, out var target) ? WithoutQuery(target.AbsoluteUri) : null;

    private static string WithoutQuery(string url) => url.Split('?', 2)[0];

    /// <summary>Only the form in seconds: it is what OpenStack's services and the proxies before them send.</summary>
    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta;
}
