using Polly;
using Polly.CircuitBreaker;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>Opens when nearly all requests fail, and then lets hardly any through.</summary>
internal sealed class CircuitBreaker
{
    /// <summary>Few, for where each takes as long as the deadline, whoever waits for them works on nothing else.</summary>
    private const int FailuresThatProveIt = 3;

    /// <summary>Of the requests in a window. High enough for a server that fails now and then, or with one image only; low enough for
    /// one that worked well until a moment ago.</summary>
    private const double FailuresAmongAll = 0.7;

    private static readonly TimeSpan FirstBreak = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestBreak = TimeSpan.FromMinutes(1);

    private readonly ResiliencePipeline<CloudResponse> pipeline;
    private readonly CircuitBreakerStateProvider state = new();
    private readonly TimeProvider time;
    private long openUntil;

    /// <param name="isFailure">Which outcomes count.</param>
    public CircuitBreaker(CloudLimits limits, TimeProvider time, Func<Exception?, CloudResponse?, bool> isFailure)
    {
        this.time = time;
        pipeline = new ResiliencePipelineBuilder<CloudResponse> { TimeProvider = time }.AddCircuitBreaker(
            new CircuitBreakerStrategyOptions<CloudResponse>
        {
            FailureRatio = FailuresAmongAll,
            MinimumThroughput = FailuresThatProveIt,
            // requests that hang one after the other must fall into one window
            SamplingDuration = limits.Deadline * (FailuresThatProveIt + 1),
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

    /// <summary>Not all requests go through.</summary>
    public bool IsOpen => state.CircuitState != CircuitState.Closed;

    /// <summary>How long none goes through; zero or less when one may find out.</summary>
    public TimeSpan Left => TimeSpan.FromTicks(Interlocked.Read(ref openUntil) - time.GetUtcNow().UtcTicks);

    /// <exception cref="BrokenCircuitException">It is open.</exception>
    public async ValueTask<CloudResponse> ExecuteAsync(
        Func<CancellationToken, ValueTask<CloudResponse>> send, CancellationToken cancellationToken)
    {
        // Who awaits a request goes on where it was, here as everywhere else: Polly would leave it to any thread.
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
        var pause = FirstBreak * Math.Pow(2, Math.Min(attempts, 10));
        return pause < LongestBreak ? pause : LongestBreak;
    }
}
