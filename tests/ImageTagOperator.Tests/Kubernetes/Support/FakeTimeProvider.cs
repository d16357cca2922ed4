using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>A clock that only moves when a test advances it.</summary>
internal sealed class FakeTimeProvider : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<FakeTimer> timers = [];
    private DateTimeOffset now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    /// <summary>When the next timer is due; null: no timer.</summary>
    public DateTimeOffset? NextDueAt
    {
        get
        {
            lock (gate) return timers.Min(timer => timer.Due);
        }
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Advances the clock and fires the timers that become due, in order.</summary>
    public void Advance(TimeSpan by)
    {
        var end = GetUtcNow() + by;
        while (NextDue(end) is { } timer) timer.Fire();
        lock (gate) now = end;
    }

    /// <summary>Advances in steps until the condition holds, with a pause for real work after each.</summary>
    public async Task AdvanceUntilAsync(Func<bool> condition, string what, TimeSpan? step = null, TimeSpan? limit = null)
    {
        var end = GetUtcNow() + (limit ?? TimeSpan.FromHours(1));
        var patience = System.GetTimestamp();
        using var echo = await Echo.OpenAsync(TestContext.Current.CancellationToken);
        while (!condition())
        {
            if (GetUtcNow() < end) Advance(step ?? TimeSpan.FromMilliseconds(100));
            else Assert.True(System.GetElapsedTime(patience) < TimeSpan.FromMinutes(2), $"never happened: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(2), System, TestContext.Current.CancellationToken);
            // On a busy machine this clock is slower: otherwise a request would take longer by this clock.
            for (var trip = 0; trip < 3; trip++) await echo.ThereAndBackAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until a timer is due in exactly this time. Advancing before that would be too early.</summary>
    public Task UntilDueInAsync(TimeSpan due) => Eventually.TrueAsync(
        () =>
        {
            lock (gate) return timers.Exists(timer => timer.Due == now + due);
        },
        $"somebody waits for {due}");

    private FakeTimer? NextDue(DateTimeOffset end)
    {
        lock (gate)
        {
            var next = timers.Where(timer => timer.Due <= end).MinBy(timer => timer.Due);
            if (next is null) return null;
            if (next.Due > now) now = next.Due.Value;
            next.Reschedule(now);
            return next;
        }
    }

    private sealed class FakeTimer(FakeTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan period = Timeout.InfiniteTimeSpan;

        public DateTimeOffset? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                this.period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time.now + dueTime;
                if (Due is null) time.timers.Remove(this);
                else if (!time.timers.Contains(this)) time.timers.Add(this);
                if (dueTime != TimeSpan.Zero) return true;
                Reschedule(time.now);
            }

            Fire();
            return true;
        }

        public void Reschedule(DateTimeOffset from)
        {
            Due = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? null : from + period;
            if (Due is null) time.timers.Remove(this);
        }

        public void Fire() => callback(state);

        public void Dispose()
        {
            lock (time.gate) time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
