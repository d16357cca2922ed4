namespace ImageTagOperator.Kubernetes;

/// <summary>How the operator is, for health endpoints. Safe for concurrent use.</summary>
public sealed class OperatorState
{
    private volatile bool leader;
    private volatile bool ready;
    private volatile bool failed;

    /// <summary>The first list of every kind is in the cache. Also true of a replica that waits to become leader.</summary>
    public bool IsReady => ready;

    /// <summary>This replica does the work; always true once started without leader election.</summary>
    public bool IsLeader => leader;

    /// <summary>No watch and no worker has died.</summary>
    public bool IsAlive => !failed;

    /// <summary>What the process should exit with: 1 after the lease was lost or a part died, else 0.</summary>
    public int ExitCode { get; internal set; }

    internal void SetReady() => ready = true;

    internal void SetLeader(bool value) => leader = value;

    internal void SetFailed() => failed = true;
}
