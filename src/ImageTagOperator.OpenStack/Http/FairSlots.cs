namespace ImageTagOperator.OpenStack;

/// <summary>So many requests to one server at a time. Who has the fewest under way is next, so that nobody waits for another's long queue, and where
/// there are several users none has all of it: requests that hang hold a place as long as their deadline. Safe for concurrent use.</summary>
/// <param name="places">For all together.</param>
/// <param name="users">How many users there are.</param>
internal sealed class FairSlots(int places, Func<int> users)
{
    private readonly Lock gate = new();
    private readonly LinkedList<Waiter> waiting = new();
    private readonly Dictionary<object, int> running = [];
    private int taken;
    private int unproven;

    /// <summary>Nobody has a place or waits for one.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate) return taken == 0 && waiting.Count == 0;
        }
    }

    /// <summary>Waits for a place. Dispose the result to give it back.</summary>
    /// <param name="user">Whose request it is.</param>
    /// <param name="isProven">This server has answered this user before. Those whom it has not share half of the places.</param>
    public async Task<IDisposable> EnterAsync(object user, bool isProven, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(user, isProven);
        lock (gate)
        {
            var node = waiting.AddLast(waiter);
            GiveOut();
            if (!waiter.Turn.Task.IsCompleted)
            {
                waiter.Cancellation = cancellationToken.Register(() => GiveUp(node, cancellationToken));
            }
        }

        await waiter.Turn.Task;
        await waiter.Cancellation.DisposeAsync();
        return new Place(this, waiter);
    }

    private void GiveUp(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (node.List is null) return;     // its turn has come
            waiting.Remove(node);
        }

        node.Value.Turn.TrySetCanceled(cancellationToken);
    }

    private void GiveOut()
    {
        var isShared = users() > 1;
        var (forOne, forUnproven) = isShared ? (places - (places / 4), (places + 1) / 2) : (places, places);
        while (taken < places && Next(forOne, forUnproven) is { } next)
        {
            waiting.Remove(next);
            Count(next.Value, +1);
            next.Value.Turn.TrySetResult();
        }
    }

    private LinkedListNode<Waiter>? Next(int forOne, int forUnproven)
    {
        LinkedListNode<Waiter>? best = null;
        var fewest = int.MaxValue;
        for (var node = waiting.First; node is not null && fewest > 0; node = node.Next)
        {
            var has = running.GetValueOrDefault(node.Value.User);
            if (has >= fewest || has >= forOne || (!node.Value.IsProven && unproven >= forUnproven)) continue;
            (best, fewest) = (node, has);
        }

        return best;
    }

    private void Count(Waiter waiter, int more)
    {
        taken += more;
        if (!waiter.IsProven) unproven += more;
        var now = running.GetValueOrDefault(waiter.User) + more;
        if (now == 0) running.Remove(waiter.User);
        else running[waiter.User] = now;
    }

    private void Leave(Waiter waiter)
    {
        lock (gate)
        {
            Count(waiter, -1);
            GiveOut();
        }
    }

    private sealed class Waiter(object user, bool isProven)
    {
        public object User => user;

        public bool IsProven => isProven;

        public TaskCompletionSource Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationTokenRegistration Cancellation { get; set; }
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
