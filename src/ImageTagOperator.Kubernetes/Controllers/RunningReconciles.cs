using System.Collections.Concurrent;

namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>The running reconciles. Cancels those that exceed the timeout or whose object was deleted or edited meanwhile.
/// Thread-safe.</summary>
/// <param name="timeout">The longest time for one reconcile.</param>
/// <param name="grace">How long a superseded reconcile may continue.</param>
internal sealed class RunningReconciles(TimeSpan timeout, TimeSpan grace, TimeProvider time)
{
    private readonly ConcurrentDictionary<NamespacedName, ReconcileRun> runs = new();
    private long lastProgress = time.GetTimestamp();

    /// <summary>Starts a run. Dispose it when it has ended.</summary>
    public ReconcileRun Begin(NamespacedName key, CancellationToken running)
    {
        if (runs.IsEmpty) MarkProgress();   // there was nothing to do before
        return runs[key] = new ReconcileRun(timeout, grace, time, End, running);

        void End()
        {
            runs.TryRemove(key, out _);
            MarkProgress();
        }
    }

    /// <summary>Supersedes the run of a key whose object was deleted or edited: its result is out of date.</summary>
    public void Supersede(NamespacedName key)
    {
        if (runs.TryGetValue(key, out var run)) run.Supersede();
    }

    /// <summary>The time since the last run ended while runs are active; zero when none is.</summary>
    public TimeSpan SinceProgress => runs.IsEmpty ? TimeSpan.Zero : time.GetElapsedTime(Interlocked.Read(ref lastProgress));

    private void MarkProgress() => Interlocked.Exchange(ref lastProgress, time.GetTimestamp());
}
