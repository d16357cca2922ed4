namespace ImageTagOperator.OpenStack.Http;

/// <summary>So many at a time. Of those who wait, the user with the fewest places is next, then the one whose last turn is longest ago, so
/// that nobody waits for another's long queue; and where there are several users none has all of it: requests that hang hold a place as
/// long as their deadline. Safe for concurrent use.</summary>
/// <param name="places">For all together.</param>
/// <param name="users">How many users there are; null: it does not matter, one may have all.</param>
internal sealed class FairSlots(int places, TimeProvider time, Func<int>? users = null)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, User> all = new(StringComparer.Ordinal);
    private int taken;
    private int unproven;
    private int waiting;
    private long turns;

    /// <summary>Nobody has a place or waits for one.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate) return taken == 0 && waiting == 0;
        }
    }

    /// <summary>Somebody waits for a place.</summary>
    public bool IsWaitedFor
    {
        get
        {
            lock (gate) return waiting > 0;
        }
    }

    /// <summary>Waits for a place. Dispose the result to give it back.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="patience">The longest wait.</param>
    /// <param name="isProven">This server has answered it before. What it has not shares half of the places, of which one user has half at
    /// most.</param>
    /// <param name="isUrgent">Goes before all else that the same user waits for.</param>
    /// <exception cref="TimeoutException">No place came free in time.</exception>
    public async Task<IDisposable> EnterAsync(
        string user, TimeSpan patience, CancellationToken cancellationToken, bool isProven = true, bool isUrgent = false)
    {
        Waiter waiter;
        lock (gate)
        {
            if (!all.TryGetValue(user, out var owner)) all[user] = owner = new User { LastTurn = ++turns };
            waiter = new Waiter(user, owner, isProven, owner.Queue(isProven, isUrgent));
            waiting++;
            GiveOut();
        }

        if (!waiter.Turn.Task.IsCompleted)
        {
            using var late = new CancellationTokenSource(patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            await using var registration = either.Token.Register(() => GiveUp(waiter));
            await waiter.Turn.Task;
        }

        if (await waiter.Turn.Task) return new Place(this, waiter);
        cancellationToken.ThrowIfCancellationRequested();
        throw new TimeoutException();
    }

    private void GiveUp(Waiter waiter)
    {
        lock (gate)
        {
            if (waiter.Node.List is not { } queue) return;     // its turn has come
            queue.Remove(waiter.Node);
            waiting--;
            Forget(waiter);
        }

        waiter.Turn.TrySetResult(false);
    }

    private void GiveOut()
    {
        var isShared = users?.Invoke() > 1;
        var (forOne, forUnproven) = isShared ? (places - (places / 4), (places + 1) / 2) : (places, places);
        var forUnprovenOfOne = isShared ? (forUnproven + 1) / 2 : places;
        while (taken < places && waiting > 0 && Next(forOne, unproven < forUnproven ? forUnprovenOfOne : 0) is { } next)
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
        foreach (var user in all.Values)
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
        if (waiter.Owner is { Running: 0, IsWaiting: false }) all.Remove(waiter.Name);
    }

    private void Leave(Waiter waiter)
    {
        lock (gate)
        {
            Count(waiter, -1);
            Forget(waiter);
            GiveOut();
        }
    }

    private sealed class User
    {
        private readonly LinkedList<Waiter>[] waiting = [new(), new(), new(), new()];

        public int Running { get; set; }

        /// <summary>Of which the server has not answered before.</summary>
        public int Unproven { get; set; }

        /// <summary>When it came, got a place or left one last.</summary>
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
        public Waiter(string user, User owner, bool isProven, LinkedList<Waiter> queue)
        {
            (Name, Owner, IsProven) = (user, owner, isProven);
            Node = queue.AddLast(this);
        }

        public string Name { get; }

        public User Owner { get; }

        public bool IsProven { get; }

        public LinkedListNode<Waiter> Node { get; }

        /// <summary>False: it waited too long, or does not want to any more.</summary>
        public TaskCompletionSource<bool> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Place(FairSlots slots, Waiter waiter) : IDisposable
    {
        private Waiter? held = waiter;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref held, null) is { } mine) slots.Leave(mine);
        }
    }
}
