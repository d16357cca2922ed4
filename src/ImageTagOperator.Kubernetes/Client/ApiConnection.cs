using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ImageTagOperator.Kubernetes.Json;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>Sends requests to one API server: credentials, User-Agent, timeouts, and errors as <see cref="KubernetesException"/>.</summary>
internal sealed class ApiConnection : IDisposable
{
    /// <summary>A throttled request had no effect, so it can be sent again whatever its method.</summary>
    private const int ThrottledAttempts = 4;

    private static readonly TimeSpan MaxThrottlePause = TimeSpan.FromSeconds(5);

    private readonly HttpClient http;
    private readonly KubernetesClientConfiguration configuration;
    private readonly string baseAddress;
    private readonly string userAgent;
    private readonly TimeProvider time;

    public ApiConnection(KubernetesClientConfiguration configuration, HttpMessageHandler handler, string userAgent, TimeProvider time)
    {
        this.configuration = configuration;
        this.userAgent = userAgent;
        this.time = time;
        baseAddress = configuration.Server.AbsoluteUri.TrimEnd('/');
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Called right before a request that is not a read is sent; false cancels it.</summary>
    public Func<bool> MayWrite { get; set; } = static () => true;

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <exception cref="OperationCanceledException">The call was cancelled, or <see cref="MayWrite"/> returned false.</exception>
    /// <exception cref="TimeoutException">No answer within <paramref name="timeout"/>.</exception>
    public async Task<byte[]> SendAsync(ApiRequest request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                try
                {
                    using var response = await OpenAsync(request, either.Token);
                    return await response.Content.ReadAsByteArrayAsync(either.Token);
                }
                catch (KubernetesException error) when (attempt < ThrottledAttempts
                    && error.StatusCode == HttpStatusCode.TooManyRequests && error.RetryAfter <= MaxThrottlePause)
                {
                    await Task.Delay(error.RetryAfter.Value, time, either.Token);
                }
            }
        }
        catch (OperationCanceledException error) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{request} had no answer from {baseAddress} within {timeout.TotalSeconds} s", error);
        }
    }

    /// <summary>Sends a request and returns the answer as soon as its headers have arrived. A 401 is retried once with a new
    /// credential.</summary>
    public async Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var response = await SendOnceAsync(request, rejected: false, cancellationToken);
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            response.Dispose();
            response = await SendOnceAsync(request, rejected: true, cancellationToken);
        }

        if (response.IsSuccessStatusCode) return response;
        using (response) throw await ErrorAsync(request, response, cancellationToken);
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendOnceAsync(ApiRequest request, bool rejected, CancellationToken cancellationToken)
    {
        var credential = await configuration.Credentials.GetAsync(time, rejected, cancellationToken);
        using var message = new HttpRequestMessage(request.Method, baseAddress + request.Target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        message.Headers.TryAddWithoutValidation("User-Agent", userAgent);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        foreach (var (name, value) in configuration.Impersonation) message.Headers.TryAddWithoutValidation(name, value);
        if (credential.Token is { } token) message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (request.Body is { } body)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType);
        }

        // Check here and not earlier: getting a credential, or a pause that the server asked for, may have taken longer than the lease.
        if (request.Method != HttpMethod.Get && !MayWrite())
        {
            throw new OperationCanceledException($"{request} was not sent: this replica is not the leader.");
        }

        return await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    private async Task<KubernetesException> ErrorAsync(
        ApiRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var status = ReadStatus(body);
        var retryAfter = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => status.Details?.RetryAfterSeconds is > 0 and { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null,
        };
        if (retryAfter < TimeSpan.Zero) retryAfter = TimeSpan.Zero;
        return new KubernetesException(request.Method.Method, request.Path, response.StatusCode, status, retryAfter);
    }

    /// <summary>Reads the Status in the body of an error. It is missing when something between us and the server answered.</summary>
    private static V1Status ReadStatus(byte[] body)
    {
        try
        {
            if (JsonSerializer.Deserialize(body, KubernetesJsonContext.Default.V1Status) is { Kind: "Status" } status) return status;
        }
        catch (JsonException)
        {
            // Not from an API server, so its text is the best message.
        }

        var text = System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 200))).Split('\n')[0].Trim();
        return new V1Status { Message = text.Length == 0 ? null : text };
    }
}
