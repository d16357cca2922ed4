namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>One reconcile, with its timeout and its cancellation when it is superseded.</summary>
internal sealed class ReconcileRun : IDisposable
{
    private readonly CancellationTokenSource timeoutSource;
    private readonly CancellationTokenSource superseded;
    private readonly CancellationTokenSource any;
    private readonly TimeSpan timeout;
    private readonly TimeProvider time;
    private readonly TimeSpan grace;
    private readonly Action ended;
    private readonly Lock gate = new();
    private ITimer? timer;
    private bool isOver;

    public ReconcileRun(TimeSpan timeout, TimeSpan grace, TimeProvider time, Action ended, CancellationToken running)
    {
        (this.timeout, this.grace, this.time, this.ended) = (timeout, grace, time, ended);
        timeoutSource = new CancellationTokenSource(timeout, time);
        superseded = new CancellationTokenSource();
        any = CancellationTokenSource.CreateLinkedTokenSource(timeoutSource.Token, superseded.Token, running);
    }

    public CancellationToken Token => any.Token;

    /// <summary>Cancelled because its object was deleted or edited.</summary>
    public bool IsSuperseded => superseded.IsCancellationRequested;

    /// <summary>Cancelled because of the timeout.</summary>
    public bool IsTimedOut => timeoutSource.IsCancellationRequested;

    /// <summary>Creates the exception for the timeout.</summary>
    public ReconcileTimeoutException ToTimeoutException(Exception inner) => new(timeout, inner);

    /// <summary>Cancels the run after the grace period, unless it ends by itself.</summary>
    public void Supersede()
    {
        lock (gate)
        {
            if (!isOver) timer ??= time.CreateTimer(_ => End(), null, grace, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            timer?.Dispose();
        }

        ended();
        any.Dispose();
        superseded.Dispose();
        timeoutSource.Dispose();
    }

    private void End()
    {
        lock (gate)
        {
            if (!isOver) superseded.Cancel();
        }
    }
}
