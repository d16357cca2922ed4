using System.Collections.Concurrent;
using ImageTagOperator.Kubernetes.Queueing;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

public sealed class WorkQueueTests
{
    private readonly FakeTimeProvider time = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statement_10_one_key_never_runs_twice_at_once_and_other_keys_run_meanwhile()
    {
        using var queue = new WorkQueue<string>(time);
        queue.Add("a");
        var running = await queue.TakeAsync(Cancel);
        queue.Add("a");
        queue.Add("b");

        Assert.Equal("b", await queue.TakeAsync(Cancel));
        Assert.False(HasNext(queue), "a must wait until its first run is done");
        queue.Done(running);
        Assert.Equal("a", await queue.TakeAsync(Cancel));
    }

    [Fact]
    public async Task Statement_10_adds_while_processing_requeue_once_when_done()
    {
        using var queue = new WorkQueue<string>(time);
        queue.Add("a");
        var running = await queue.TakeAsync(Cancel);
        for (var i = 0; i < 10; i++) queue.Add("a");
        queue.Done(running);

        Assert.Equal("a", await queue.TakeAsync(Cancel));
        queue.Done("a");
        Assert.False(HasNext(queue), "ten adds lead to one run");
    }

    [Fact]
    public async Task Statement_10_under_load_no_key_overlaps_and_none_is_lost()
    {
        using var queue = new WorkQueue<int>(TimeProvider.System);
        var running = new ConcurrentDictionary<int, bool>();
        var wanted = new int[20];
        var seen = new int[20];
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var workers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (true)
            {
                int key;
                try
                {
                    key = await queue.TakeAsync(stop.Token);
                }
                catch (OperationCanceledException)
                {
                    return;
                }

                Assert.True(running.TryAdd(key, true), $"{key} runs twice at once");
                seen[key] = Volatile.Read(ref wanted[key]);
                await Task.Yield();
                running.TryRemove(key, out bool _);
                queue.Done(key);
            }
        })).ToArray();

        Parallel.For(0, 5000, i =>
        {
            Interlocked.Increment(ref wanted[i % 20]);
            queue.Add(i % 20);
        });
        await Eventually.TrueAsync(() => seen.SequenceEqual(wanted), "each key ran after its last add");
        await stop.CancelAsync();
        await Task.WhenAll(workers);
    }

    [Fact]
    public void Statement_11_many_requeues_of_one_key_collapse_and_the_earliest_time_wins()
    {
        using var queue = new WorkQueue<string>(time);
        queue.AddAfter("a", TimeSpan.FromSeconds(60), DelayKind.Request);
        queue.AddAfter("a", TimeSpan.FromSeconds(10), DelayKind.Request);
        queue.AddAfter("a", TimeSpan.FromSeconds(30), DelayKind.Request);

        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(HasNext(queue), "nothing is due before 10 s");
        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(HasNext(queue, out var key) && key == "a", "a is due at 10 s");
        queue.Done("a");
        time.Advance(TimeSpan.FromSeconds(120));
        Assert.False(HasNext(queue), "the later times were dropped");
    }

    [Fact]
    public void A_run_drops_the_requeue_of_the_previous_run_and_keeps_those_of_others()
    {
        using var queue = new WorkQueue<string>(time);
        queue.AddAfter("a", TimeSpan.FromSeconds(60), DelayKind.Result);
        queue.AddAfter("a", TimeSpan.FromSeconds(90), DelayKind.Request);
        queue.Add("a");
        Assert.True(HasNext(queue));
        queue.Done("a");

        time.Advance(TimeSpan.FromSeconds(80));
        Assert.False(HasNext(queue), "the run replaced the requeue of the previous run");
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(HasNext(queue), "the requeue of another caller remains");
    }

    /// <summary>Runs that are due within a quarter of a second start together, none too early.</summary>
    [Theory]
    //          kind, seconds                early  together
    [InlineData(DelayKind.Result, 60.0,       false, true)]
    [InlineData(DelayKind.Result, 1.0,        true,  false)]      // a short one is exact
    [InlineData(DelayKind.Retry, 60.0,        true,  false)]
    [InlineData(DelayKind.Request, 60.0,      true,  false)]
    internal void Long_periodic_delays_end_in_batches(DelayKind kind, double seconds, bool isEarly, bool isTogether)
    {
        using var queue = new WorkQueue<string>(time);
        var toNextBatch = 250 - (time.GetUtcNow().Millisecond % 250);
        time.Advance(TimeSpan.FromMilliseconds(toNextBatch + 10));
        queue.AddAfter("a", TimeSpan.FromSeconds(seconds), kind);
        queue.AddAfter("b", TimeSpan.FromSeconds(seconds + 0.2), kind);
        time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Equal(isEarly, HasNext(queue));
        time.Advance(TimeSpan.FromMilliseconds(190));
        Assert.False(HasNext(queue));
        time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.True(HasNext(queue));
        Assert.Equal(isTogether, HasNext(queue));
    }

    [Fact]
    public async Task Statement_14_a_hot_key_does_not_starve_the_others()
    {
        using var queue = new WorkQueue<string>(time);
        queue.Add("hot");
        queue.Add("a");
        queue.Add("b");
        var order = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var key = await queue.TakeAsync(Cancel);
            order.Add(key);
            if (key == "hot") queue.Add("hot");
            queue.Done(key);
        }

        Assert.Equal(["hot", "a", "b", "hot", "hot"], order);
    }

    [Fact]
    public void Statement_14_a_forgotten_key_has_no_later_runs()
    {
        using var queue = new WorkQueue<string>(time);
        queue.AddAfter("a", TimeSpan.FromSeconds(1), DelayKind.Result);
        queue.AddAfter("a", TimeSpan.FromSeconds(1), DelayKind.Request);
        queue.Forget("a");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.False(HasNext(queue));
    }

    [Fact]
    public void Statement_13_backoff_doubles_from_5_ms_to_1000_s_and_only_success_resets_it()
    {
        var backoff = new FailureBackoff(TimeSpan.FromMilliseconds(5), TimeSpan.FromSeconds(1000), () => 0);
        var key = new NamespacedName("ns", "a");
        Assert.Equal([5, 10, 20, 40], Enumerable.Range(0, 4).Select(_ => backoff.Next(key).TotalMilliseconds));
        for (var i = 0; i < 20; i++) backoff.Next(key);
        Assert.Equal(TimeSpan.FromSeconds(1000), backoff.Next(key));
        Assert.Equal(TimeSpan.FromSeconds(60), backoff.Next(key, TimeSpan.FromSeconds(60)));
        Assert.Equal(5, backoff.Next(new("ns", "b")).TotalMilliseconds);
        backoff.Reset(key);
        Assert.Equal(5, backoff.Next(key).TotalMilliseconds);
    }

    [Fact]
    public async Task The_namespace_with_the_fewest_running_keys_is_next()
    {
        using var queue = Shared();
        for (var i = 0; i < 5000; i++) queue.Add($"a/{i}");
        queue.Add("b/1");
        queue.Add("b/2");
        queue.Add("c/1");
        Assert.Equal(["a/0", "b/1", "c/1", "a/1", "b/2", "a/2"], await TakeAsync(queue, 6));
        queue.Add("b/3");
        queue.Done("b/1");
        queue.Done("b/2");
        Assert.Equal(["b/3"], await TakeAsync(queue, 1));
    }

    [Fact]
    public async Task No_namespace_has_more_workers_than_its_share_and_a_freed_worker_is_reused()
    {
        using var queue = Shared(maxPerGroup: 2);
        for (var i = 0; i < 4; i++) queue.Add($"a/{i}");
        Assert.Equal(["a/0", "a/1"], await TakeAsync(queue, 2));
        Assert.False(HasNext(queue), "a has its share");
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var waiting = queue.TakeAsync(patience.Token).AsTask();
        queue.Add("b/1");
        Assert.Equal("b/1", await waiting);
        waiting = queue.TakeAsync(Cancel).AsTask();
        Assert.False(waiting.IsCompleted);
        queue.Done("a/0");
        Assert.Equal("a/2", await waiting);
    }

    [Fact]
    public async Task Changes_come_before_periodic_reconciles_and_those_before_retries()
    {
        using var queue = Shared();
        queue.AddAfter("a/retry", TimeSpan.FromSeconds(1), DelayKind.Retry);
        queue.AddAfter("a/round", TimeSpan.FromSeconds(2), DelayKind.Result);
        queue.AddAfter("a/asked", TimeSpan.FromSeconds(3), DelayKind.Request);
        time.Advance(TimeSpan.FromSeconds(4));
        queue.Add("a/edited");
        queue.Add("a/retry2");
        Assert.Equal(["a/asked", "a/edited", "a/retry2", "a/round", "a/retry"], await TakeAsync(queue, 5));
    }

    [Fact]
    public async Task A_key_that_waits_for_a_retry_goes_before_the_others_when_it_is_edited()
    {
        using var queue = Shared();
        for (var i = 0; i < 3; i++) queue.AddAfter($"a/{i}", TimeSpan.FromSeconds(1), DelayKind.Retry);
        time.Advance(TimeSpan.FromSeconds(1));
        queue.Add("a/2");
        Assert.Equal(3, queue.Depth);
        Assert.Equal(["a/2", "a/0", "a/1"], await TakeAsync(queue, 3));
        Assert.Equal(0, queue.Depth);
    }

    [Fact]
    public async Task A_run_replaces_the_retry_of_the_previous_run()
    {
        using var queue = Shared();
        queue.AddAfter("a/1", TimeSpan.FromSeconds(60), DelayKind.Retry);
        queue.Add("a/1");
        await TakeAsync(queue, 1);
        queue.Done("a/1");
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(HasNext(queue));
    }

    [Fact]
    public async Task A_worker_that_stops_waiting_loses_no_key()
    {
        using var queue = Shared();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var stopped = queue.TakeAsync(stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stopped);
        queue.Add("a/1");
        Assert.Equal(["a/1"], await TakeAsync(queue, 1));
    }

    private WorkQueue<string> Shared(int maxPerGroup = int.MaxValue) => new(time, static key => key.Split('/')[0], maxPerGroup);

    private static async Task<List<string>> TakeAsync(WorkQueue<string> queue, int count)
    {
        var taken = new List<string>();
        for (var i = 0; i < count; i++) taken.Add(await queue.TakeAsync(Cancel));
        return taken;
    }

    private static bool HasNext(WorkQueue<string> queue) => HasNext(queue, out _);

    private static bool HasNext(WorkQueue<string> queue, out string? key)
    {
        using var cancelled = new CancellationTokenSource();
        var take = queue.TakeAsync(cancelled.Token);
        key = take.IsCompletedSuccessfully ? take.Result : null;
        if (key is null) cancelled.Cancel();
        return key is not null;
    }
}
