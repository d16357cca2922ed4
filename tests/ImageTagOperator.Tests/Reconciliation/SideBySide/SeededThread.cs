namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>One thread for everything that runs concurrently. Each continuation and each request waits here separately, and the seed
/// decides which one runs next.</summary>
internal sealed class SeededThread(int seed)
{
    private readonly Random random = new(seed);
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly List<Step> ready = [];

    public bool IsIdle => ready.Count == 0;

    /// <summary>The number of steps so far.</summary>
    public int Count { get; private set; }

    public int Pick(int below) => random.Next(below);

    public bool Chance(int percent) => random.Next(100) < percent;

    /// <summary>Adds a step that can run from now on.</summary>
    /// <param name="lane">The process that the step belongs to; null: none.</param>
    /// <param name="orphan">Runs instead when the process ends first.</param>
    public void Add(Lane? lane, Action act, Action? orphan = null)
    {
        // A continuation from another thread would arrive at a time that no seed determines.
        if (Environment.CurrentManagedThreadId != thread) throw new InvalidOperationException(
            $"came from another thread: {Environment.StackTrace}");
        ready.Add(new Step(lane, act, orphan));
    }

    /// <summary>Queues the work as a step. The caller continues in a separate step.</summary>
    /// <param name="mayOutlive">The work may still run after the process has ended.</param>
    public Task<T> TurnAsync<T>(Lane lane, Func<T> work, bool mayOutlive)
    {
        var turn = new TaskCompletionSource<T>();
        Add(lane, Act, mayOutlive ? () => work() : null);
        return turn.Task;

        void Act()
        {
            try
            {
                turn.SetResult(work());
            }
            catch (KubernetesException e)
            {
                turn.SetException(e);
            }
        }
    }

    /// <summary>Runs one of the steps that are ready.</summary>
    public void RunNextStep()
    {
        var next = random.Next(ready.Count);
        var step = ready[next];
        ready.RemoveAt(next);
        Count++;
        step.Act();
    }

    /// <summary>Ends the process. Requests that it has sent may or may not arrive.</summary>
    public void Kill(Lane lane)
    {
        lane.IsDead = true;
        var lost = ready.Where(step => step.Lane == lane).ToArray();
        ready.RemoveAll(step => step.Lane == lane);
        foreach (var step in lost)
        {
            if (step.Orphan is { } orphan && Chance(50)) orphan();
        }
    }

    private sealed record Step(Lane? Lane, Action Act, Action? Orphan);
}

/// <summary>The synchronization context of one process: its code continues here after each await.</summary>
internal sealed class Lane(SeededThread thread) : SynchronizationContext
{
    public bool IsDead { get; set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (!IsDead) thread.Add(this, () => Run(() => d(state)));
    }

    /// <summary>Runs until the first await.</summary>
    public void Run(Action act)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            act();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
