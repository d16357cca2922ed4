namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>One reconcile, with its timeout and its cancellation when it is superseded.</summary>
internal sealed class ReconcileRun : IDisposable
{
    private readonly CancellationTokenSource late;
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
        late = new CancellationTokenSource(timeout, time);
        superseded = new CancellationTokenSource();
        any = CancellationTokenSource.CreateLinkedTokenSource(late.Token, superseded.Token, running);
    }

    public CancellationToken Token => any.Token;

    /// <summary>Cancelled because its object was deleted or edited.</summary>
    public bool IsSuperseded => superseded.IsCancellationRequested;

    /// <summary>Cancelled because of the timeout.</summary>
    public bool IsLate => late.IsCancellationRequested;

    /// <summary>Creates the exception for the timeout.</summary>
    public ReconcileTimeoutException TookTooLong(Exception inner) => new(timeout, inner);

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
        late.Dispose();
    }

    private void End()
    {
        lock (gate)
        {
            if (!isOver) superseded.Cancel();
        }
    }
}
