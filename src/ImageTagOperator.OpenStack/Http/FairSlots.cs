namespace ImageTagOperator.OpenStack.Http;

/// <summary>Limits concurrency fairly between users. The next slot goes to the waiting user with the fewest slots, then to the one whose
/// last turn is longest ago, so that one long queue does not delay others. With several users, none can take all slots, because requests
/// that hang keep theirs until their deadline. Thread-safe.</summary>
/// <param name="limit">The number of slots of all users together.</param>
/// <param name="users">Returns the number of users; null to let one user take all slots.</param>
internal sealed class FairSlots(int limit, TimeProvider time, Func<int>? users = null)
{
    private readonly Lock gate = new();
    private User[] all = [];        // takes no memory while nobody has a slot: each image has such a lock
    private int taken;
    private int unproven;
    private int waiting;
    private long turns;

    /// <summary>Whether no slot is taken and nobody waits.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate) return taken == 0 && waiting == 0;
        }
    }

    /// <summary>Whether somebody waits for a slot.</summary>
    public bool HasWaiters
    {
        get
        {
            lock (gate) return waiting > 0;
        }
    }

    /// <summary>Waits for a slot. Dispose the result to release it.</summary>
    /// <param name="user">The user that the slot counts for.</param>
    /// <param name="timeout">The longest wait.</param>
    /// <param name="isProven">The server has answered this user before. Others share half of the slots, and one of them gets at most half
    /// of those.</param>
    /// <param name="isUrgent">True to go before the other waiting requests of the same user.</param>
    /// <exception cref="TimeoutException">No slot became free in time.</exception>
    public async Task<IDisposable> EnterAsync(
        string user, TimeSpan timeout, CancellationToken cancellationToken, bool isProven = true, bool isUrgent = false)
    {
        Waiter waiter;
        lock (gate)
        {
            var owner = Array.Find(all, one => one.Name == user);
            if (owner is null) all = [.. all, owner = new User(user) { LastTurn = ++turns }];
            waiter = new Waiter(owner, isProven, owner.Queue(isProven, isUrgent));
            waiting++;
            AssignSlots();
        }

        if (!waiter.Turn.Task.IsCompleted)
        {
            using var late = new CancellationTokenSource(timeout, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            await using var registration = either.Token.Register(() => Cancel(waiter));
            await waiter.Turn.Task;
        }

        if (await waiter.Turn.Task) return new Slot(this, waiter);
        cancellationToken.ThrowIfCancellationRequested();
        throw new TimeoutException();
    }

    private void Cancel(Waiter waiter)
    {
        lock (gate)
        {
            if (waiter.Node.List is not { } queue) return;     // it already has a slot
            queue.Remove(waiter.Node);
            waiting--;
            Forget(waiter);
        }

        waiter.Turn.TrySetResult(false);
    }

    private void AssignSlots()
    {
        var isShared = users?.Invoke() > 1;
        var (forOne, forUnproven) = isShared ? (limit - (limit / 4), (limit + 1) / 2) : (limit, limit);
        var forUnprovenOfOne = isShared ? (forUnproven + 1) / 2 : limit;
        while (taken < limit && waiting > 0 && Next(forOne, unproven < forUnproven ? forUnprovenOfOne : 0) is { } next)
        {
            next.Node.List!.Remove(next.Node);
            waiting--;
            Count(next, +1);
            next.Turn.TrySetResult(true);
        }
    }

    private Waiter? Next(int forOne, int forUnproven)
    {
        User? best = null;
        foreach (var user in all)
        {
            if (user.Running >= forOne || user.First(forUnproven) is null) continue;
            if (best is null || (user.Running, user.LastTurn).CompareTo((best.Running, best.LastTurn)) < 0) best = user;
        }

        return best?.First(forUnproven);
    }

    private void Count(Waiter waiter, int more)
    {
        taken += more;
        if (!waiter.IsProven) unproven += more;
        if (!waiter.IsProven) waiter.Owner.Unproven += more;
        waiter.Owner.Running += more;
        waiter.Owner.LastTurn = ++turns;
    }

    private void Forget(Waiter waiter)
    {
        if (waiter.Owner is { Running: 0, IsWaiting: false }) all = [.. all.Where(user => user != waiter.Owner)];
    }

    private void Release(Waiter waiter)
    {
        lock (gate)
        {
            Count(waiter, -1);
            Forget(waiter);
            AssignSlots();
        }
    }

    private sealed class User(string name)
    {
        private readonly LinkedList<Waiter>[] waiting = [new(), new(), new(), new()];

        public string Name => name;

        public int Running { get; set; }

        /// <summary>Running requests to servers that have not answered this user before.</summary>
        public int Unproven { get; set; }

        /// <summary>The turn at which the user last arrived, got a slot or released one.</summary>
        public long LastTurn { get; set; }

        public bool IsWaiting => waiting.Any(static queue => queue.Count > 0);

        public LinkedList<Waiter> Queue(bool isProven, bool isUrgent) => waiting[(isUrgent ? 0 : 2) + (isProven ? 0 : 1)];

        public Waiter? First(int forUnproven) =>
            waiting.Where((_, index) => index % 2 == 0 || Unproven < forUnproven)
                .Select(static queue => queue.First?.Value)
                .FirstOrDefault(static waiter => waiter is not null);
    }

    private sealed class Waiter
    {
        public Waiter(User owner, bool isProven, LinkedList<Waiter> queue)
        {
            (Owner, IsProven) = (owner, isProven);
            Node = queue.AddLast(this);
        }

        public User Owner { get; }

        public bool IsProven { get; }

        public LinkedListNode<Waiter> Node { get; }

        /// <summary>False when the wait timed out or was cancelled.</summary>
        public TaskCompletionSource<bool> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Slot(FairSlots slots, Waiter waiter) : IDisposable
    {
        private Waiter? held = waiter;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref held, null) is { } mine) slots.Release(mine);
        }
    }
}
