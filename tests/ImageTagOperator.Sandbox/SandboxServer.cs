using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ImageTagOperator.Sandbox;

/// <summary>An HTTP server on a free loopback port that logs every call and injects faults before and after the work.</summary>
public abstract class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Exception> failures = new();
    private int connections;

    protected SandboxServer(TimeProvider time, int port = 0)
    {
        Time = time;
        var builder = WebApplication.CreateSlimBuilder(["--hostBuilder:reloadConfigOnChange=false"]);
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, listen =>
            {
                listen.Protocols = HttpProtocols.Http1AndHttp2;
                listen.Use(CountAsync);
            });
            kestrel.Limits.MaxRequestLineSize = 64 * 1024;
            // No minimum data rates: a client may be delayed on purpose, or by a busy machine.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.AddServerHeader = false;
        });
        app = builder.Build();
        app.Run(ServeAsync);
    }

    public CallLog Calls { get; } = new();

    /// <summary>How many connections are open.</summary>
    public int OpenConnections => Volatile.Read(ref connections);

    public FaultInjector Faults { get; } = new();

    /// <summary>Base address without a trailing slash, such as <c>http://127.0.0.1:40123</c>.</summary>
    public string Url => app.Urls.First().TrimEnd('/');

    protected TimeProvider Time { get; }

    /// <summary>Canceled when the server stops, so that long calls (watches) end.</summary>
    protected CancellationToken Stopping => app.Lifetime.ApplicationStopping;

    protected Task StartServerAsync() => app.StartAsync();

    /// <summary>Handles one call. <paramref name="path"/> is the path as it came over the wire, still percent-encoded.</summary>
    protected abstract Task HandleAsync(HttpContext http, string path, string body);

    private ConnectionDelegate CountAsync(ConnectionDelegate next) => async connection =>
    {
        Interlocked.Increment(ref connections);
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref connections);
        }
    };

    private async Task ServeAsync(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        using var bytes = new MemoryStream();
        await http.Request.Body.CopyToAsync(bytes, http.RequestAborted);
        var body = Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        // A handler reads a binary body from the stream again.
        bytes.Position = 0;
        http.Request.Body = bytes;
        http.Response.Headers.Date = Time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture);
        var call = Calls.Add(Time.GetUtcNow(), http.Request.Method, target, http.Request.Headers.UserAgent, body);
        call.RequestId = http.Request.Headers["X-OpenStack-Request-ID"];
        try
        {
            await AnswerAsync(http, call, Faults.Take(call));
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested && !Stopping.IsCancellationRequested
            && e is not Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // Kestrel would only close the connection, and a test would see a network fault. DisposeAsync reports the exception.
            failures.Enqueue(new InvalidOperationException($"The sandbox failed at {call.Method} {call.Path}: {e.Message}", e));
            throw;
        }
        finally
        {
            call.Completed = Time.GetUtcNow();
        }
    }

    private async Task AnswerAsync(HttpContext http, Call call, Fault? fault)
    {
        if (fault?.Until is { } until) await until.WaitAsync(Stopping);
        if (fault is { Delay.Ticks: > 0 }) await Task.Delay(fault.Delay, Time, Stopping);
        if (fault is { Hang: true }) await HangAsync(http);
        if (fault is { ResetBeforeWork: true } or { Hang: true })
        {
            http.Abort();
            return;
        }

        if (fault is { Status: { } status })
        {
            foreach (var (name, value) in fault.Headers) http.Response.Headers[name] = value;
            http.Response.StatusCode = call.Status = status;
            http.Response.ContentType = fault.ContentType;
            if (fault.Body.Length > 0) await http.Response.WriteAsync(fault.Body);     // with 204, even an empty write fails
            return;
        }

        if (fault is null or { ResetAfterWork: false, TruncateBody: false, Drip.Ticks: 0 })
        {
            http.Response.OnStarting(() =>
            {
                call.Status = http.Response.StatusCode;
                return Task.CompletedTask;
            });
            await HandleAsync(http, call.Path, call.Body);
            call.Status = http.Response.StatusCode;
            return;
        }

        var connection = http.Response.Body;
        using var buffer = new MemoryStream();
        http.Response.Body = buffer;
        await HandleAsync(http, call.Path, call.Body);
        http.Response.Body = connection;
        if (buffer.Length == 0 && !fault.ResetAfterWork) return;     // an empty body has no half, and 204 allows no body

        if (fault.Drip > TimeSpan.Zero)
        {
            call.Status = http.Response.StatusCode;
            foreach (var part in buffer.ToArray())
            {
                await Task.Delay(fault.Drip, Time, http.RequestAborted);
                await connection.WriteAsync(new[] { part }, http.RequestAborted);
                await connection.FlushAsync(http.RequestAborted);
            }

            return;
        }

        if (fault.TruncateBody)
        {
            call.Status = http.Response.StatusCode;
            http.Response.ContentLength = buffer.Length;
            await connection.WriteAsync(buffer.ToArray().AsMemory(0, (int)buffer.Length / 2));
            await connection.FlushAsync();
            // When a response stays shorter than its Content-Length, Kestrel closes the connection after the bytes written. An abort here
            // could discard the first half.
            return;
        }

        http.Abort();
    }

    private async Task HangAsync(HttpContext http)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, Stopping);
        var gone = new TaskCompletionSource();
        await using var registration = ended.Token.Register(gone.SetResult);
        await gone.Task;
    }

    public async ValueTask DisposeAsync()
    {
        // Do not wait for open watches to end on their own.
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1), Time);
        await app.StopAsync(now.Token);
        await app.DisposeAsync();
        if (!failures.IsEmpty) throw new AggregateException(failures);
        GC.SuppressFinalize(this);
    }
}
