namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>The clock of a process that is frozen between two lines and continues a minute later: no timer fires, only the time
/// differs.</summary>
internal sealed class FreezingTime : TimeProvider
{
    private int readings = int.MaxValue;
    private Action? meanwhile;

    /// <summary>Freezes the process just before the n-th reading of the clock from now; <paramref name="others"/> runs meanwhile.</summary>
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
