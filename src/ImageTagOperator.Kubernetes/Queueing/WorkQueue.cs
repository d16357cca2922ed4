using System.Threading.Channels;

namespace ImageTagOperator.Kubernetes;

/// <summary>Keys that wait for a worker, first in, first out. A key waits at most once, and never runs twice at a time: one that is added
/// while it runs waits until that run is done. Safe for concurrent use.</summary>
internal sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(30);

    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly Lock gate = new();
    private readonly Channel<TKey> ready = Channel.CreateUnbounded<TKey>();
    private readonly Dictionary<TKey, long> dirty = []; // since when
    private readonly HashSet<TKey> processing = [];

    // The dictionary says what is due when; the heap may hold times that were replaced, which are skipped when they come up.
    private readonly Dictionary<(TKey Key, DelayKind Kind), long> due = [];
    private readonly PriorityQueue<(TKey Key, DelayKind Kind), long> heap = new();

    public WorkQueue(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(_ => MoveDue(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many keys are due and wait.</summary>
    public int Depth
    {
        get
        {
            lock (gate) return dirty.Count;
        }
    }

    public void Add(TKey key)
    {
        lock (gate)
        {
            if (dirty.TryAdd(key, time.GetTimestamp()) && !processing.Contains(key)) ready.Writer.TryWrite(key);
        }
    }

    /// <summary>Adds the key after a while. Of several times for one key and kind, the earliest wins.</summary>
    public void AddAfter(TKey key, TimeSpan delay, DelayKind kind)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        lock (gate)
        {
            var at = time.GetTimestamp() + (long)(delay.TotalSeconds * time.TimestampFrequency);
            if (due.TryGetValue((key, kind), out var earlier) && earlier <= at) return;
            due[(key, kind)] = at;
            heap.Enqueue((key, kind), at);
            SetTimer();
        }
    }

    /// <summary>Waits for a key and marks it as running. Each key taken must be given back with <see cref="Done"/>.</summary>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellationToken) => (await TakeTimedAsync(cancellationToken)).Key;

    /// <summary>The same, with how long the key was due.</summary>
    public async ValueTask<(TKey Key, TimeSpan Waited)> TakeTimedAsync(CancellationToken cancellationToken)
    {
        var key = await ready.Reader.ReadAsync(cancellationToken);
        lock (gate)
        {
            dirty.Remove(key, out var since);
            processing.Add(key);
            due.Remove((key, DelayKind.Result));
            return (key, time.GetElapsedTime(since));
        }
    }

    public void Done(TKey key)
    {
        lock (gate)
        {
            processing.Remove(key);
            if (dirty.ContainsKey(key)) ready.Writer.TryWrite(key);
        }
    }

    /// <summary>Drops all later runs of the key.</summary>
    public void Forget(TKey key)
    {
        lock (gate)
        {
            due.Remove((key, DelayKind.Result));
            due.Remove((key, DelayKind.Request));
        }
    }

    public void Dispose() => timer.Dispose();

    private void MoveDue()
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            while (heap.TryPeek(out var entry, out var at) && (at <= now || IsReplaced(entry, at)))
            {
                heap.Dequeue();
                if (IsReplaced(entry, at)) continue;
                due.Remove(entry);
                Add(entry.Key);
            }

            SetTimer();
        }
    }

    private bool IsReplaced((TKey Key, DelayKind Kind) entry, long at) => !due.TryGetValue(entry, out var current) || current != at;

    private void SetTimer()
    {
        if (!heap.TryPeek(out _, out var at)) return;
        var wait = time.GetElapsedTime(time.GetTimestamp(), at);
        // Rounded up: a timer that fires early would find nothing due.
        wait = TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, wait.TotalMilliseconds)));
        timer.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }
}
