using System.Collections.Concurrent;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The state of the operator, for health endpoints. Thread-safe.</summary>
public sealed class OperatorState
{
    private readonly ConcurrentBag<Func<bool>> progress = [];
    private volatile Func<bool>? leader;
    private volatile bool ready;
    private volatile bool failed;
    private volatile int exitCode;
    private volatile NamespaceDeadline? finalization;

    /// <summary>Whether the first list of every kind is in the cache. Also true for a replica that waits to become leader.</summary>
    public bool IsReady => ready;

    /// <summary>Whether this replica may act now; always true once started without leader election. Evaluated against the clock each time:
    /// it is false as soon as the lease could not be renewed in time, before any notification.</summary>
    public bool IsLeader => leader?.Invoke() == true;

    /// <summary>Whether no watch and no worker has crashed, and workers with something to do make progress.</summary>
    public bool IsAlive => !failed && progress.All(static isMade => isMade());

    /// <summary>The exit code of the process: 1 after the lease was lost, else 0. <see cref="Environment.ExitCode"/> has it too, but a
    /// value that Main returns overrides that one.</summary>
    public int ExitCode
    {
        get => exitCode;
        internal set => exitCode = value;
    }

    /// <summary>The deadline for finalizing the objects of a namespace that is being deleted together with this operator, which no other
    /// replica replaces. Null when there is none.</summary>
    public DateTimeOffset? FinalizationDeadline(string? inNamespace) =>
        finalization is { } known && known.Namespace == inNamespace ? known.At : null;

    /// <summary>Adds a check for progress.</summary>
    internal void Watch(Func<bool> isMade) => progress.Add(isMade);

    internal void SetReady() => ready = true;

    internal void SetLeader(Func<bool>? isLeader) => leader = isLeader;

    internal void SetFinalizationDeadline(string ofNamespace, DateTimeOffset at) => finalization = new(ofNamespace, at);

    internal void SetFailed() => failed = true;

    private sealed record NamespaceDeadline(string Namespace, DateTimeOffset At);
}
