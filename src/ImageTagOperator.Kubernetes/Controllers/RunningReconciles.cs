using System.Collections.Concurrent;

namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>The reconciles that run now: ends those that take too long, or whose object was deleted or edited meanwhile. Safe for
/// concurrent use.</summary>
/// <param name="timeout">The longest one.</param>
/// <param name="grace">How long one goes on that is superseded.</param>
internal sealed class RunningReconciles(TimeSpan timeout, TimeSpan grace, TimeProvider time)
{
    private readonly ConcurrentDictionary<NamespacedName, ReconcileRun> runs = new();
    private long lastProgress = time.GetTimestamp();

    /// <summary>Begins a run. Dispose it when it has ended.</summary>
    public ReconcileRun Begin(NamespacedName key, CancellationToken running)
    {
        if (runs.IsEmpty) Note();   // before, there was nothing to do
        return runs[key] = new ReconcileRun(timeout, grace, time, End, running);

        void End()
        {
            runs.TryRemove(key, out _);
            Note();
        }
    }

    /// <summary>The object of this key was deleted or edited: what a run of it finds out is of no use any more.</summary>
    public void Supersede(NamespacedName key)
    {
        if (runs.TryGetValue(key, out var run)) run.Supersede();
    }

    /// <summary>How long no run has ended although some run; zero when none does.</summary>
    public TimeSpan SinceProgress => runs.IsEmpty ? TimeSpan.Zero : time.GetElapsedTime(Interlocked.Read(ref lastProgress));

    private void Note() => Interlocked.Exchange(ref lastProgress, time.GetTimestamp());
}
