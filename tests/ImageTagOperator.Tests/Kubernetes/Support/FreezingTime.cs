namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>The clock of a process that is frozen between two lines and wakes a minute later: its timers tell of nothing, only the time
/// does.</summary>
internal sealed class FreezingTime : TimeProvider
{
    private int readings = int.MaxValue;
    private Action? meanwhile;

    /// <summary>It happens right before the n-th reading of the clock from now; <paramref name="others"/> is what others do
    /// meanwhile.</summary>
    public void FreezeAtReading(int n, Action others)
    {
        meanwhile = others;
        Volatile.Write(ref readings, n);
    }

    public override long GetTimestamp()
    {
        var left = Interlocked.Decrement(ref readings);
        if (left == 0) meanwhile!();
        return base.GetTimestamp() + (left <= 0 ? 60 * TimestampFrequency : 0);
    }
}
