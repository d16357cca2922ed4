using ImageTagOperator.OpenStack.Telemetry;
using Polly.CircuitBreaker;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>A server as one configuration uses it: nothing for as long as it asks this one to wait, and hardly anything while it does not
/// answer. What goes wrong here slows no other configuration. Callers wait for their turn; a pause is told to them at once.</summary>
/// <param name="user">Whose places it takes.</param>
/// <param name="address">With the scheme, and the path that the API is below.</param>
/// <param name="shared">Open when the server answers none of those whom it has answered before.</param>
internal sealed class CloudHost(
    CloudServer server, string user, string address, CircuitBreaker shared, CloudLimits limits, TimeProvider time)
{
    private static readonly TimeSpan LongestPauseAskedFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ShortestBreak = TimeSpan.FromSeconds(5);

    private readonly CircuitBreaker own = new(
        limits, time, static (error, response) => error is CloudCallException || response?.MeansServerIsAway == true);
    private readonly Lock gate = new();
    private long pausedUntil;
    private volatile bool isProven;

    public CloudServer Server => server;

    public string User => user;

    /// <summary>With the scheme, and the path that the API is below.</summary>
    public string Address => address;

    /// <summary>Of all whom the server has answered at this address. It is forgotten with the last of them.</summary>
    public CircuitBreaker Shared => shared;

    public CloudMetrics Metrics => server.Metrics;

    /// <summary>Hardly any request of this configuration goes through.</summary>
    public bool IsOpen => own.IsOpen;

    /// <param name="isUrgent">Goes before what else this user waits for. Writes do: an image's gate is held for them.</param>
    /// <exception cref="CloudCallException">No whole answer came, or nothing was sent.</exception>
    public async Task<CloudResponse> SendAsync(
        string call, Func<CancellationToken, ValueTask<CloudResponse>> send, CancellationToken cancellationToken, bool isUrgent = false)
    {
        RefuseWhilePaused(call);    // before the wait, in which it would stand in others' way
        var asked = time.GetTimestamp();
        using var place = await EnterAsync(call, isUrgent || CloudResponse.IsWrite(call), cancellationToken);
        Metrics.Waited(time.GetElapsedTime(asked));
        RefuseWhilePaused(call);
        // A write is not the request to find out with whether the server is back: nobody would know what became of it.
        if ((own.IsOpen || shared.IsOpen) && CloudResponse.IsWrite(call)) throw Away(call, ShortestBreak);
        try
        {
            var response = isProven
                ? await own.ExecuteAsync(cancelled => shared.ExecuteAsync(send, cancelled), cancellationToken)
                : await own.ExecuteAsync(send, cancellationToken);
            if (response.IsSuccess) isProven = true;
            if (response is { IsTurnedAway: true, RetryAfter: { } pause }) Pause(
                pause < LongestPauseAskedFor ? pause : LongestPauseAskedFor);
            return response;
        }
        catch (BrokenCircuitException e)
        {
            throw Away(call, e.RetryAfter ?? ShortestBreak);
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
                $"{call}: not sent, because its turn at {server.Authority} did not come within {CloudServer.LongestWait.TotalMinutes:0} "
                    + "minutes; "
                + "more is asked of it than it may be sent",
                wasSent: false,
                e);
        }
    }

    private void RefuseWhilePaused(string call)
    {
        var pause = TimeSpan.FromTicks(Interlocked.Read(ref pausedUntil) - time.GetUtcNow().UtcTicks);
        if (pause > TimeSpan.Zero) throw CloudCallException.NotSent(
            $"{call}: not sent, because {server.Authority} asked us to wait", pause);
        var broken = own.Left > shared.Left ? own.Left : shared.Left;
        if (broken > TimeSpan.Zero) throw Away(call, broken);
    }

    private CloudCallException Away(string call, TimeSpan pause) =>
        CloudCallException.NotSent(
            $"{call}: not sent, because {server.Authority} has not answered for a while; it is asked again soon", pause);

    private void Pause(TimeSpan pause)
    {
        lock (gate) pausedUntil = Math.Max(pausedUntil, (time.GetUtcNow() + pause).UtcTicks);
    }
}
