using System.Threading.RateLimiting;
using Polly;
using Polly.CircuitBreaker;

namespace ImageTagOperator.OpenStack;

/// <summary>One server of a cloud: so many requests at a time and in a second, none for as long as it asks us to wait, and hardly any while
/// it does not answer. Callers wait for their turn; a pause is told to them at once.</summary>
internal sealed class CloudHost : IDisposable
{
    /// <summary>Few, for where each takes as long as the deadline, whoever waits for them works on nothing else.</summary>
    private const int FailuresThatProveIt = 3;

    /// <summary>Of the requests in a window. High enough for a server that fails now and then, or with one image only; low enough for
    /// one that worked well until a moment ago.</summary>
    private const double FailuresAmongAll = 0.7;

    private static readonly TimeSpan LongestPauseAskedFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstBreak = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromMinutes(1);

    private readonly string authority;
    private readonly CloudLimits limits;
    private readonly TimeProvider time;
    private readonly ConcurrencyLimiter slots;
    private readonly TokenBucketRateLimiter rate;
    private readonly ResiliencePipeline<CloudResponse> circuit;
    private readonly CircuitBreakerStateProvider state = new();
    private readonly Lock gate = new();
    private long pausedUntil;
    private long brokenUntil;

    /// <param name="scope">Who listens to its metrics.</param>
    public CloudHost(string authority, CloudLimits limits, TimeProvider time, object? scope)
    {
        this.authority = authority;
        this.limits = limits;
        this.time = time;
        Metrics = new CloudMetrics(authority, () => state.CircuitState != CircuitState.Closed, scope);
        slots = new ConcurrencyLimiter(new ConcurrencyLimiterOptions { PermitLimit = limits.Concurrency, QueueLimit = int.MaxValue });
        var tokens = (limits.RequestsPerSecond + 99) / 100;      // at most a hundred times a second: below a millisecond its timer stands still
        rate = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.RequestsPerSecond,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1) * tokens / limits.RequestsPerSecond,
            QueueLimit = int.MaxValue,
        });
        circuit = new ResiliencePipelineBuilder<CloudResponse> { TimeProvider = time }.AddCircuitBreaker(new CircuitBreakerStrategyOptions<CloudResponse>
        {
            FailureRatio = FailuresAmongAll,
            MinimumThroughput = FailuresThatProveIt,
            SamplingDuration = limits.Deadline * (FailuresThatProveIt + 1),   // requests that hang one after the other must fall into one window
            StateProvider = state,
            BreakDurationGenerator = broken => ValueTask.FromResult(BreakAfter(broken.HalfOpenAttempts)),
            OnOpened = opened =>
            {
                Until(ref brokenUntil, opened.BreakDuration);
                return default;
            },
            ShouldHandle = attempt => ValueTask.FromResult(attempt.Outcome is { Exception: CloudCallException } or { Result.MeansServerIsAway: true }),
        }).Build();
    }

    public CloudMetrics Metrics { get; }

    /// <summary>No request is under way or waits.</summary>
    public bool IsIdle => slots.GetStatistics() is { CurrentQueuedCount: 0 } now && now.CurrentAvailablePermits == limits.Concurrency;

    /// <exception cref="CloudCallException">No whole answer came, or, with a time to wait, nothing was sent.</exception>
    public async Task<CloudResponse> SendAsync(string call, Func<CancellationToken, ValueTask<CloudResponse>> send, CancellationToken cancellationToken)
    {
        RefuseWhilePaused(call);    // before the wait, in which it would stand in others' way
        var asked = time.GetTimestamp();
        using var slot = await slots.AcquireAsync(1, cancellationToken);
        using var turn = await rate.AcquireAsync(1, cancellationToken);
        Metrics.Waited(time.GetElapsedTime(asked));
        RefuseWhilePaused(call);
        // A write is not the request to find out with whether the server is back: nobody would know what became of it.
        if (state.CircuitState != CircuitState.Closed && CloudResponse.IsWrite(call)) throw Away(call, FirstBreak);
        try
        {
            var response = await circuit.ExecuteAsync(send, cancellationToken);
            if (response is { IsTurnedAway: true, RetryAfter: { } pause }) Until(ref pausedUntil, pause < LongestPauseAskedFor ? pause : LongestPauseAskedFor);
            return response;
        }
        catch (BrokenCircuitException e)
        {
            throw Away(call, e.RetryAfter ?? FirstBreak);
        }
    }

    public void Dispose()
    {
        Metrics.Dispose();
        slots.Dispose();
        rate.Dispose();
    }

    private static TimeSpan BreakAfter(int attempts)
    {
        var pause = FirstBreak * Math.Pow(2, Math.Min(attempts, 10));
        return pause < LongestBreak ? pause : LongestBreak;
    }

    private void RefuseWhilePaused(string call)
    {
        if (Left(ref pausedUntil) is { Ticks: > 0 } pause) throw CloudCallException.NotSent($"{call}: not sent, for {authority} asked us to wait", pause);
        if (Left(ref brokenUntil) is { Ticks: > 0 } broken) throw Away(call, broken);
    }

    private CloudCallException Away(string call, TimeSpan pause) =>
        CloudCallException.NotSent($"{call}: not sent, for {authority} has not answered for a while; it is asked again soon", pause);

    private TimeSpan Left(ref long until) => TimeSpan.FromTicks(Interlocked.Read(ref until) - time.GetUtcNow().UtcTicks);

    private void Until(ref long until, TimeSpan pause)
    {
        lock (gate) until = Math.Max(until, (time.GetUtcNow() + pause).UtcTicks);
    }
}
