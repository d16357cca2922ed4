namespace ImageTagOperator.Kubernetes.Watching;

/// <summary>The pause before a list or watch is retried: 800 ms, doubling up to 30 s, reset after two minutes without a failure. Full
/// jitter spreads the clients of a restarted API server.</summary>
internal sealed class WatchBackoff(TimeProvider time, Func<double> random)
{
    private static readonly TimeSpan Initial = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ResetAfter = TimeSpan.FromMinutes(2);

    private TimeSpan next = Initial;
    private long? last;

    public TimeSpan Next()
    {
        if (last is { } before && time.GetElapsedTime(before) > ResetAfter) next = Initial;
        last = time.GetTimestamp();
        var pause = next * random();
        next = next * 2 < Cap ? next * 2 : Cap;
        return pause;
    }
}
