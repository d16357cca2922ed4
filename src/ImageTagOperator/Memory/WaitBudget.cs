namespace ImageTagOperator.Memory;

/// <summary>The time that the sets of one namespace can delay the reconciles of another namespace. Concurrent waits count once, and short
/// waits do not count. Thread-safe.</summary>
internal sealed class WaitBudget(TimeProvider time)
{
    /// <summary>The total time.</summary>
    public static readonly TimeSpan Total = TimeSpan.FromSeconds(5);

    /// <summary>Shorter waits do not count.</summary>
    private static readonly TimeSpan MaxUncounted = TimeSpan.FromMilliseconds(500);

    /// <summary>The minimum time that a failure counts.</summary>
    private static readonly TimeSpan MinFailureTime = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private int waiting;
    private long since;
    private bool isFailure;
    private TimeSpan spent;

    public TimeSpan Left
    {
        get
        {
            lock (gate) return Total - spent - (waiting == 0 ? TimeSpan.Zero : time.GetElapsedTime(since));
        }
    }

    public void Begin()
    {
        lock (gate)
        {
            if (waiting++ > 0) return;
            (since, isFailure) = (time.GetTimestamp(), false);
        }
    }

    /// <param name="found">True when the wait had a result.</param>
    public void End(bool found)
    {
        lock (gate)
        {
            isFailure |= !found;
            if (--waiting > 0) return;
            var took = time.GetElapsedTime(since);
            if (isFailure && took < MinFailureTime) took = MinFailureTime;
            if (isFailure || took > MaxUncounted) spent += took;
        }
    }
}
