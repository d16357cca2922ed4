using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Flurl.Http;
using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.OpenStack.Telemetry;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>Sends requests to one cloud with its TLS trust, a deadline, no redirects, and <see cref="RequestGuard"/> as the last
/// handler.</summary>
internal sealed class CloudHttp : IDisposable
{
    /// <summary>The most bytes that are read of an answer that is only described in a message.</summary>
    private const int MaxErrorBytes = 64 * 1024;

    /// <summary>The most kB of response headers. A token is some 200 bytes; a PKI token was 8 kB.</summary>
    private const int MaxHeaderKilobytes = 64;

    /// <summary>The most addresses per configuration at a time: Keystone, the Image API, and their new addresses after a move.</summary>
    private const int MaxAddresses = 8;

    private static readonly string UserAgent = "image-tag-operator/" + (typeof(CloudHttp).Assembly.GetName().Version?.ToString(3) ?? "0");

    private readonly HttpClient http;
    private readonly FlurlClient flurl;
    private readonly CloudHosts hosts;
    private readonly string user;
    private readonly ConcurrentDictionary<Uri, CloudHost> used = new();

    public CloudHttp(CloudConfiguration cloud, string user, CloudHosts hosts)
    {
        (this.user, this.hosts) = (user, hosts);
        Secrets = new KnownSecrets(cloud);
        http = new HttpClient(new RequestGuard(hosts.Transport(cloud))) { Timeout = Timeout.InfiniteTimeSpan };
        flurl = new FlurlClient(http);
    }

    /// <summary>The secrets that are removed from quoted text.</summary>
    public KnownSecrets Secrets { get; }

    /// <summary>Reserves memory for the images that a session reads.</summary>
    public MemoryReservation NewReservation() => hosts.ImageMemory.For(user);

    /// <summary>Host and port of the servers that requests were sent to.</summary>
    public IEnumerable<string> ServersUsed => used.Values.Select(host => host.Server.Authority);

    public static HttpMessageHandler CreateHandler(CloudConfiguration cloud, CloudDialer dialer) =>
        new ProxyGuard(dialer, HttpClient.DefaultProxy, new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,       // our own span is used, and the trace ID is sent as an OpenStack request ID
        AllowAutoRedirect = false,      // a redirect would carry the token to an unconfigured address
        AutomaticDecompression = DecompressionMethods.None,     // so that the size limits count the bytes on the wire
        ConnectTimeout = TimeSpan.FromSeconds(10),
        MaxResponseHeadersLength = MaxHeaderKilobytes,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        UseCookies = false,
        ConnectCallback = (context, cancellationToken) =>
            dialer.DialAsync(context.DnsEndPoint, context.InitialRequestMessage.RequestUri!, cancellationToken),
        SslOptions = CloudTls.Options(cloud),
    });

    /// <summary>Sends one request and reads the whole body, whatever the status.</summary>
    /// <param name="url">The absolute URL, percent-encoded.</param>
    /// <param name="isUrgent">True to go before other waiting requests; writes always do.</param>
    /// <exception cref="CloudCallException">No complete answer came.</exception>
    /// <exception cref="OperationCanceledException">The call was cancelled, or a write is not allowed now.</exception>
    public async Task<CloudResponse> SendAsync(
        HttpMethod method, string url, string? token, byte[]? json, CancellationToken cancellationToken, bool isUrgent = false)
    {
        var call = $"{method} {WithoutQuery(url)}";
        var address = new Uri(url);
        var host = HostOf(address);
        using var observed = new CloudCall(host.Metrics, method, address);
        try
        {
            var response = await host.SendAsync(call, SendTimedAsync, cancellationToken, isUrgent);
            observed.RecordResponse(response.Status);
            return response;
        }
        catch (CloudCallException e)
        {
            observed.RecordFailure(e);
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
                host.Metrics.RecordDuration(observed.Operation, hosts.Time.GetElapsedTime(started));
            }
        }
    }

    /// <summary>Records the result of a login at this server: <c>success</c>, <c>rejected</c> or <c>failed</c>.</summary>
    public void RecordLogin(Uri authUrl, string result) => HostOf(authUrl).Metrics.RecordLogin(result);

    private CloudHost HostOf(Uri url)
    {
        var address = CloudHosts.AddressOf(url);
        if (used.TryGetValue(address, out var known)) return known;
        // A catalog can name another address with each token.
        if (used.Count >= MaxAddresses) used.Clear();
        return used.GetOrAdd(address, static (address, http) => http.hosts.For(http.user, address), this);
    }

    private async ValueTask<CloudResponse> SendNowAsync(
        string call, HttpMethod method, string url, string? token, byte[]? json, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(hosts.Limits.Deadline);
        using var content = Content(method, json);
        var request = new FlurlRequest(url) { Client = flurl }
            .AllowAnyHttpStatus()
            .WithAutoRedirect(false)        // Flurl follows redirects itself, regardless of the handler
            .WithHeader("Accept", "application/json")       // without it Glance's errors are HTML
            .WithHeader("User-Agent", UserAgent)
            .WithHeader("X-OpenStack-Request-ID", RequestIds.Current());
        if (token is not null) request = request.WithHeader("X-Auth-Token", token);
        try
        {
            using var response = (
                await request.SendAsync(method, content, HttpCompletionOption.ResponseHeadersRead, deadline.Token)).ResponseMessage;
            var isWanted = response.IsSuccessStatusCode && !CloudResponse.IsWrite(call);
            var body = isWanted
                ? await WholeBodyAsync(call, response, deadline.Token)
                : await BoundedBody.ReadAsync(response.Content, MaxErrorBytes, deadline.Token);
            return new CloudResponse(
                call,
                (int)response.StatusCode,
                body,
                response.Headers.TryGetValues("X-Subject-Token", out var subject) ? subject.FirstOrDefault() : null,
                RetryAfter(response.Headers.RetryAfter),
                response.Headers.Date,
                RedirectTarget(url, response.Headers.Location),
                response.Content.Headers.ContentType?.MediaType,
                Secrets);
        }
        catch (Exception e) when (CloudCallException.IsConnectionFailure(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (content is WriteContent { IsWithheld: true }) throw new OperationCanceledException(
                $"{call} was not sent: this replica is not the leader.", e);
            throw CloudCallException.For(call, deadline.IsCancellationRequested ? hosts.Limits.Deadline : null, e);
        }
    }

    public void Dispose()
    {
        flurl.Dispose();
        http.Dispose();
    }

    /// <exception cref="CloudCallException">The answer exceeds the limit.</exception>
    private async Task<byte[]> WholeBodyAsync(string call, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var limit = hosts.Limits.MaxAnswerBytes;
        if (!(response.Content.Headers.ContentLength > limit))
        {
            var body = await BoundedBody.ReadAsync(
                response.Content, limit + 1, cancellationToken, () => LargeAnswerAsync(call, cancellationToken));
            if (body.Length <= limit) return body;
        }

        throw new CloudCallException(
            $"{call}: the answer is longer than {limit >> 20} MiB", wasSent: true) { IsLocalCause = true, Kind = CloudErrorKind.Rejected };
    }

    private async Task<IDisposable> LargeAnswerAsync(string call, CancellationToken cancellationToken)
    {
        try
        {
            return await hosts.LargeAnswers.EnterAsync(user, hosts.Limits.Deadline / 2, cancellationToken);
        }
        catch (TimeoutException e)
        {
            var why = $"{call}: the answer is large, and so many large ones were being read that it could not be";
            throw new CloudCallException(why, wasSent: true, e) { IsLocalCause = true };
        }
    }

    /// <summary>SocketsHttpHandler retries a request without content up to three times when a reused connection is closed without an
    /// answer. It does not once it has started to send content, so a write always has content, even if empty.</summary>
    private HttpContent? Content(HttpMethod method, byte[]? json)
    {
        if (method == HttpMethod.Get) return null;
        HttpContent content = method == HttpMethod.Post ? new ByteArrayContent(json ?? []) : new WriteContent(json ?? [], hosts.MayWrite);
        if (json is not null) content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    /// <summary>The target without its query and user info.</summary>
    private static string? RedirectTarget(string url, Uri? location) =>
        location is not null && Uri.TryCreate(new Uri(url), location, out var target)
            ? target.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)
            : null;

    private static string WithoutQuery(string url) => url.Split('?', 2)[0];

    /// <summary>Reads only the form in seconds, which OpenStack's services and the proxies before them send.</summary>
    private static TimeSpan? RetryAfter(RetryConditionHeaderValue? header) => header?.Delta;
}
