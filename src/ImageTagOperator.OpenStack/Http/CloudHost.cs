using ImageTagOperator.OpenStack.Telemetry;
using Polly.CircuitBreaker;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>A server as one configuration uses it. It sends nothing while the server has asked this configuration to wait, and almost
/// nothing while the server does not answer. Failures here do not slow other configurations. Callers wait for a slot; during a pause they
/// fail at once.</summary>
/// <param name="user">The user whose slots the requests take.</param>
/// <param name="address">The base URL: scheme, host, port and the path before the API's own part.</param>
/// <param name="sharedBreaker">The breaker of all configurations that this server has answered before.</param>
internal sealed class CloudHost(
    CloudServer server, string user, string address, CircuitBreaker sharedBreaker, CloudLimits limits, TimeProvider time)
{
    private static readonly TimeSpan MaximumRetryAfter = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MinimumBreak = TimeSpan.FromSeconds(5);

    private readonly CircuitBreaker ownBreaker = new(
        limits, time, static (error, response) => error is CloudCallException || response?.IndicatesUnavailable == true);
    private readonly Lock gate = new();
    private long pausedUntil;
    private volatile bool isProven;

    public CloudServer Server => server;

    public string User => user;

    /// <summary>The base URL: scheme, host, port and the path before the API's own part.</summary>
    public string Address => address;

    /// <summary>The breaker of all configurations that the server has answered at this address. It is dropped with the last of
    /// them.</summary>
    public CircuitBreaker SharedBreaker => sharedBreaker;

    public CloudMetrics Metrics => server.Metrics;

    /// <summary>Whether requests of this configuration are held back.</summary>
    public bool IsOpen => ownBreaker.IsOpen;

    /// <param name="isUrgent">True to go before the other waiting requests of this user. Writes always do, because they hold the gate of an
    /// image.</param>
    /// <exception cref="CloudCallException">No complete answer came, or nothing was sent.</exception>
    public async Task<CloudResponse> SendAsync(
        string call, Func<CancellationToken, ValueTask<CloudResponse>> send, CancellationToken cancellationToken, bool isUrgent = false)
    {
        ThrowIfPaused(call);    // before the wait, where it would block others
        var asked = time.GetTimestamp();
        using var place = await EnterAsync(call, isUrgent || CloudResponse.IsWrite(call), cancellationToken);
        Metrics.RecordWait(time.GetElapsedTime(asked));
        ThrowIfPaused(call);
        // A write must not be the probe of an open circuit: its result would be unknown.
        if ((ownBreaker.IsOpen || sharedBreaker.IsOpen) && CloudResponse.IsWrite(call)) throw Unavailable(call, MinimumBreak);
        try
        {
            var response = isProven
                ? await ownBreaker.ExecuteAsync(cancelled => sharedBreaker.ExecuteAsync(send, cancelled), cancellationToken)
                : await ownBreaker.ExecuteAsync(send, cancellationToken);
            if (response.IsSuccess) isProven = true;
            if (response is { IsThrottled: true, RetryAfter: { } pause }) Pause(
                pause < MaximumRetryAfter ? pause : MaximumRetryAfter);
            return response;
        }
        catch (BrokenCircuitException e)
        {
            throw Unavailable(call, e.RetryAfter ?? MinimumBreak);
        }
    }

    private async Task<IDisposable> EnterAsync(string call, bool isUrgent, CancellationToken cancellationToken)
    {
        try
        {
            return await server.EnterAsync(user, isProven, isUrgent, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new CloudCallException(
                $"{call}: not sent, because its turn at {server.Authority} did not come within {CloudServer.MaxWait.TotalMinutes:0} "
                    + "minutes; "
                + "more is asked of it than it may be sent",
                wasSent: false,
                e);
        }
    }

    private void ThrowIfPaused(string call)
    {
        var pause = TimeSpan.FromTicks(Interlocked.Read(ref pausedUntil) - time.GetUtcNow().UtcTicks);
        if (pause > TimeSpan.Zero) throw CloudCallException.NotSent(
            $"{call}: not sent, because {server.Authority} asked us to wait", pause);
        var broken = ownBreaker.RemainingBreak > sharedBreaker.RemainingBreak ? ownBreaker.RemainingBreak : sharedBreaker.RemainingBreak;
        if (broken > TimeSpan.Zero) throw Unavailable(call, broken);
    }

    private CloudCallException Unavailable(string call, TimeSpan pause) =>
        CloudCallException.NotSent(
            $"{call}: not sent, because {server.Authority} has not answered for a while; it is asked again soon", pause);

    private void Pause(TimeSpan pause)
    {
        lock (gate) pausedUntil = Math.Max(pausedUntil, (time.GetUtcNow() + pause).UtcTicks);
    }
}
