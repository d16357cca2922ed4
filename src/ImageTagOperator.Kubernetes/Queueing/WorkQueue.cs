namespace ImageTagOperator.Kubernetes.Queueing;

/// <summary>A queue of keys for workers. A key is queued at most once and never runs twice at a time: one that is added while it runs waits
/// for the end of that run. Workers are shared fairly between groups of keys: the group with the fewest running keys is next, whatever the
/// others have queued. Within a group, changes come before periodic runs, and those before retries, each in FIFO order.
/// Thread-safe.</summary>
internal sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private static readonly TimeSpan MaxTimerDelay = TimeSpan.FromDays(30);

    /// <summary>Periodic runs start at multiples of this time, so that many start together. One wake-up of the process for each would cost
    /// more than the run.</summary>
    private static readonly TimeSpan PeriodicBatch = TimeSpan.FromMilliseconds(250);

    /// <summary>Shorter delays are exact.</summary>
    private static readonly TimeSpan MinBatchedDelay = PeriodicBatch * 40;

    private readonly TimeProvider time;
    private readonly Func<TKey, string> groupOf;
    private readonly int maxPerGroup;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly LinkedList<TaskCompletionSource<(TKey Key, TimeSpan Waited)>> takers = new();
    private readonly Dictionary<string, KeyGroup<TKey>> groups = new(StringComparer.Ordinal);
    private readonly SortedSet<KeyGroup<TKey>> available = new(KeyGroup<TKey>.ByTurn);  // groups with a ready key that may run it
    private readonly Dictionary<TKey, (long Since, Urgency Urgency)> dirty = [];
    private readonly HashSet<TKey> processing = [];
    private long turns;

    // The dictionary is authoritative; the heap can contain replaced times, which are skipped when they come up.
    private readonly Dictionary<(TKey Key, DelayKind Kind), long> due = [];
    private readonly PriorityQueue<(TKey Key, DelayKind Kind), long> heap = new();

    /// <param name="groupOf">Returns the group of a key; null for a single group.</param>
    /// <param name="maxPerGroup">The most keys of one group that run at a time.</param>
    public WorkQueue(TimeProvider time, Func<TKey, string>? groupOf = null, int maxPerGroup = int.MaxValue)
    {
        this.time = time;
        this.groupOf = groupOf ?? (static _ => "");
        this.maxPerGroup = maxPerGroup;
        timer = time.CreateTimer(_ => EnqueueDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The number of keys that wait for a worker.</summary>
    public int Depth
    {
        get
        {
            lock (gate) return dirty.Count;
        }
    }

    public void Add(TKey key) => Add(key, Urgency.Change);

    /// <summary>Adds the key after a delay. Of several delays for one key and kind, the earliest applies.</summary>
    public void AddAfter(TKey key, TimeSpan delay, DelayKind kind)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key, UrgencyOf(kind));
            return;
        }

        lock (gate)
        {
            var at = time.GetTimestamp() + Ticks(delay);
            if (kind == DelayKind.Result && delay >= MinBatchedDelay) at += (Ticks(PeriodicBatch) - (at % Ticks(PeriodicBatch)))
                % Ticks(PeriodicBatch);
            if (due.TryGetValue((key, kind), out var earlier) && earlier <= at) return;
            due[(key, kind)] = at;
            heap.Enqueue((key, kind), at);
            SetTimer();
        }
    }

    /// <summary>Waits for a key and marks it as running. Call <see cref="Done"/> for each key taken.</summary>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellationToken) => (await TakeTimedAsync(cancellationToken)).Key;

    /// <summary>Like <see cref="TakeAsync"/>, and returns how long the key waited.</summary>
    public async ValueTask<(TKey Key, TimeSpan Waited)> TakeTimedAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource<(TKey Key, TimeSpan Waited)>> taker;
        lock (gate)
        {
            if (takers.Count == 0 && TryTake(out var taken)) return taken;
            taker = takers.AddLast(
                new TaskCompletionSource<(TKey Key, TimeSpan Waited)>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        await using var cancelled = cancellationToken.Register(() =>
        {
            lock (gate)
            {
                if (taker.List is not null) takers.Remove(taker);
                else return;    // it already has its key
            }

            taker.Value.TrySetCanceled(cancellationToken);
        });
        return await taker.Value.Task;
    }

    public void Done(TKey key)
    {
        lock (gate)
        {
            processing.Remove(key);
            var group = RemoveFromTurns(key);
            group.Running--;
            if (dirty.TryGetValue(key, out var waits)) group.Enqueue(key, waits.Urgency);
            AddToTurns(group);
            AssignKeys();
        }
    }

    /// <summary>Drops all delayed runs of the key.</summary>
    public void Forget(TKey key)
    {
        lock (gate)
        {
            foreach (var kind in Enum.GetValues<DelayKind>()) due.Remove((key, kind));
        }
    }

    public void Dispose() => timer.Dispose();

    private static Urgency UrgencyOf(DelayKind kind) => kind switch
    {
        DelayKind.Request => Urgency.Change,
        DelayKind.Result => Urgency.Periodic,
        _ => Urgency.Retry,
    };

    private void Add(TKey key, Urgency urgency)
    {
        lock (gate)
        {
            var waits = dirty.TryGetValue(key, out var known);
            if (waits && known.Urgency <= urgency) return;
            dirty[key] = (waits ? known.Since : time.GetTimestamp(), urgency);
            if (processing.Contains(key)) return;
            var group = RemoveFromTurns(key);
            if (waits) group.Remove(key, known.Urgency);
            group.Enqueue(key, urgency);
            AddToTurns(group);
            AssignKeys();
        }
    }

    /// <summary>Removes a group from the order of turns, before a value changes that the order depends on.</summary>
    private KeyGroup<TKey> RemoveFromTurns(TKey key)
    {
        var name = groupOf(key);
        if (!groups.TryGetValue(name, out var group)) groups[name] = group = new KeyGroup<TKey>(name);
        available.Remove(group);
        return group;
    }

    private void AddToTurns(KeyGroup<TKey> group)
    {
        if (group.HasReady && group.Running < maxPerGroup) available.Add(group);
        else if (!group.HasReady && group.Running == 0) groups.Remove(group.Name);
    }

    private bool TryTake(out (TKey Key, TimeSpan Waited) taken)
    {
        if (available.Min is not { } group)
        {
            taken = default;
            return false;
        }

        available.Remove(group);
        var key = group.Dequeue();
        group.Running++;
        group.LastTurn = ++turns;
        AddToTurns(group);
        dirty.Remove(key, out var waits);
        processing.Add(key);
        // The result of this run replaces them.
        due.Remove((key, DelayKind.Result));
        due.Remove((key, DelayKind.Retry));
        taken = (key, time.GetElapsedTime(waits.Since));
        return true;
    }

    private void AssignKeys()
    {
        while (takers.First is { } taker && TryTake(out var taken))
        {
            takers.RemoveFirst();
            taker.Value.TrySetResult(taken);
        }
    }

    private void EnqueueDue()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            while (heap.TryPeek(out var entry, out var at) && (at <= now || IsReplaced(entry, at)))
            {
                heap.Dequeue();
                if (IsReplaced(entry, at)) continue;
                due.Remove(entry);
                Add(entry.Key, UrgencyOf(entry.Kind));
            }

            SetTimer();
        }
    }

    private long Ticks(TimeSpan delay) => (long)(delay.TotalSeconds * time.TimestampFrequency);

    private bool IsReplaced((TKey Key, DelayKind Kind) entry, long at) => !due.TryGetValue(entry, out var current) || current != at;

    private void SetTimer()
    {
        if (!heap.TryPeek(out _, out var at)) return;
        var wait = time.GetElapsedTime(time.GetTimestamp(), at);
        // Rounded up: a timer that fires early would find nothing due.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, wait.TotalMilliseconds)));
        timer.Change(wait < MaxTimerDelay ? wait : MaxTimerDelay, Timeout.InfiniteTimeSpan);
    }
}
