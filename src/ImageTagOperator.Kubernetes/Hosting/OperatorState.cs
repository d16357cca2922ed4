namespace ImageTagOperator.Kubernetes;

/// <summary>How the operator is, for health endpoints. Safe for concurrent use.</summary>
public sealed class OperatorState
{
    private volatile Func<bool>? leader;
    private volatile bool ready;
    private volatile bool failed;
    private volatile int exitCode;
    private long end;

    /// <summary>The first list of every kind is in the cache. Also true of a replica that waits to become leader.</summary>
    public bool IsReady => ready;

    /// <summary>This replica may act now; always true once started without leader election. Asked of the clock each time: false as soon
    /// as the
    /// lease could not be renewed in time, even before anybody was told.</summary>
    public bool IsLeader => leader?.Invoke() == true;

    /// <summary>No watch and no worker has died.</summary>
    public bool IsAlive => !failed;

    /// <summary>What the process should exit with: 1 after the lease was lost, else 0. <see cref="Environment.ExitCode"/> has it too, but a
    /// number that Main returns goes before that.</summary>
    public int ExitCode
    {
        get => exitCode;
        internal set => exitCode = value;
    }

    /// <summary>When this process ends and no other follows, because the namespace that it runs in is being deleted; null while that is not
    /// so. Whatever is to be finished must be by then.</summary>
    public DateTimeOffset? EndsForGoodAt => Interlocked.Read(ref end) is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    internal void SetReady() => ready = true;

    internal void SetLeader(Func<bool>? isLeader) => leader = isLeader;

    internal void SetEnd(DateTimeOffset at) => Interlocked.Exchange(ref end, at.UtcTicks);

    internal void SetFailed() => failed = true;
}
