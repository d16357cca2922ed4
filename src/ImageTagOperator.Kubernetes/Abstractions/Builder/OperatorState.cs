using System.Collections.Concurrent;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>How the operator is, for health endpoints. Safe for concurrent use.</summary>
public sealed class OperatorState
{
    private readonly ConcurrentBag<Func<bool>> progress = [];
    private volatile Func<bool>? leader;
    private volatile bool ready;
    private volatile bool failed;
    private volatile int exitCode;
    private volatile Ending? end;

    /// <summary>The first list of every kind is in the cache. Also true of a replica that waits to become leader.</summary>
    public bool IsReady => ready;

    /// <summary>This replica may act now; always true once started without leader election. Asked of the clock each time: false as soon
    /// as the
    /// lease could not be renewed in time, even before anybody was told.</summary>
    public bool IsLeader => leader?.Invoke() == true;

    /// <summary>No watch and no worker has died, and workers that have something to do get it done.</summary>
    public bool IsAlive => !failed && progress.All(static isMade => isMade());

    /// <summary>What the process should exit with: 1 after the lease was lost, else 0. <see cref="Environment.ExitCode"/> has it too, but a
    /// number that Main returns goes before that.</summary>
    public int ExitCode
    {
        get => exitCode;
        internal set => exitCode = value;
    }

    /// <summary>By when the objects of a namespace must be finalized: this process then ends, and no other follows, because it runs in that
    /// namespace and the namespace is being deleted. Null: not so.</summary>
    public DateTimeOffset? EndOf(string? inNamespace) => end is { } known && known.Namespace == inNamespace ? known.At : null;

    /// <summary>Asks this too whether there is progress.</summary>
    internal void Watch(Func<bool> isMade) => progress.Add(isMade);

    internal void SetReady() => ready = true;

    internal void SetLeader(Func<bool>? isLeader) => leader = isLeader;

    internal void SetEnd(string ofNamespace, DateTimeOffset at) => end = new(ofNamespace, at);

    internal void SetFailed() => failed = true;

    private sealed record Ending(string Namespace, DateTimeOffset At);
}
