namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>One thread for everything that runs side by side. Whatever can go on waits here, each continuation and each request by itself,
/// and the seed says which of them does.</summary>
internal sealed class SeededThread(int seed)
{
    private readonly Random random = new(seed);
    private readonly int thread = Environment.CurrentManagedThreadId;
    private readonly List<Step> ready = [];

    public bool IsIdle => ready.Count == 0;

    /// <summary>Steps so far.</summary>
    public int Count { get; private set; }

    public int Pick(int below) => random.Next(below);

    public bool Happens(int percent) => random.Next(100) < percent;

    /// <summary>Adds something that can happen from now on.</summary>
    /// <param name="lane">With whom it dies; null: nobody.</param>
    /// <param name="orphan">Done in its place when the lane dies before.</param>
    public void Add(Lane? lane, Action act, Action? orphan = null)
    {
        // Whoever comes from another thread comes at a time that no seed determines.
        if (Environment.CurrentManagedThreadId != thread) throw new InvalidOperationException(
            $"came from another thread: {Environment.StackTrace}");
        ready.Add(new Step(lane, act, orphan));
    }

    /// <summary>Waits for its turn, and is done then. The caller goes on in a turn of its own.</summary>
    /// <param name="mayOutlive">It may still be done when the lane is dead.</param>
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

    /// <summary>One of the steps that can be taken now.</summary>
    public void Go()
    {
        var next = random.Next(ready.Count);
        var step = ready[next];
        ready.RemoveAt(next);
        Count++;
        step.Act();
    }

    /// <summary>The process ends. What it had sent may arrive or not.</summary>
    public void Kill(Lane lane)
    {
        lane.IsDead = true;
        var lost = ready.Where(step => step.Lane == lane).ToArray();
        ready.RemoveAll(step => step.Lane == lane);
        foreach (var step in lost)
        {
            if (step.Orphan is { } orphan && Happens(50)) orphan();
        }
    }

    private sealed record Step(Lane? Lane, Action Act, Action? Orphan);
}

/// <summary>Where the code of one process goes on after each await.</summary>
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
