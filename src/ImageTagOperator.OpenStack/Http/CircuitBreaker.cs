using Polly;
using Polly.CircuitBreaker;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>Opens when most requests fail, and then lets almost none through.</summary>
internal sealed class CircuitBreaker
{
    /// <summary>Low, because each failure can take as long as the deadline, and the caller does nothing else meanwhile.</summary>
    private const int MinimumFailures = 3;

    /// <summary>The share of the requests in a window. High enough to ignore a server that fails now and then or for one image only; low
    /// enough to notice one that worked until a moment ago.</summary>
    private const double MaxFailureRatio = 0.7;

    private static readonly TimeSpan InitialBreak = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxBreak = TimeSpan.FromMinutes(1);

    private readonly ResiliencePipeline<CloudResponse> pipeline;
    private readonly CircuitBreakerStateProvider state = new();
    private readonly TimeProvider time;
    private long openUntil;

    /// <param name="isFailure">Whether an outcome counts as a failure.</param>
    public CircuitBreaker(CloudLimits limits, TimeProvider time, Func<Exception?, CloudResponse?, bool> isFailure)
    {
        this.time = time;
        pipeline = new ResiliencePipelineBuilder<CloudResponse> { TimeProvider = time }.AddCircuitBreaker(
            new CircuitBreakerStrategyOptions<CloudResponse>
        {
            FailureRatio = MaxFailureRatio,
            MinimumThroughput = MinimumFailures,
            // Requests that hang one after another must fall into one window.
            SamplingDuration = limits.Deadline * (MinimumFailures + 1),
            StateProvider = state,
            BreakDurationGenerator = broken => ValueTask.FromResult(BreakAfter(broken.HalfOpenAttempts)),
            OnOpened = opened =>
            {
                Interlocked.Exchange(ref openUntil, (time.GetUtcNow() + opened.BreakDuration).UtcTicks);
                return default;
            },
            ShouldHandle = attempt => ValueTask.FromResult(isFailure(attempt.Outcome.Exception, attempt.Outcome.Result)),
        }).Build();
    }

    /// <summary>Whether requests are held back.</summary>
    public bool IsOpen => state.CircuitState != CircuitState.Closed;

    /// <summary>How long no request is let through; zero or less when one may probe the server.</summary>
    public TimeSpan RemainingBreak => TimeSpan.FromTicks(Interlocked.Read(ref openUntil) - time.GetUtcNow().UtcTicks);

    /// <exception cref="BrokenCircuitException">The circuit is open.</exception>
    public async ValueTask<CloudResponse> ExecuteAsync(
        Func<CancellationToken, ValueTask<CloudResponse>> send, CancellationToken cancellationToken)
    {
        // Polly leaves the captured context by default; everything else here stays on it.
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, cancellationToken);
        try
        {
            return await pipeline.ExecuteAsync(static (context, send) => send(context.CancellationToken), context, send);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static TimeSpan BreakAfter(int attempts)
    {
        var pause = InitialBreak * Math.Pow(2, Math.Min(attempts, 10));
        return pause < MaxBreak ? pause : MaxBreak;
    }
}
