using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ImageTagOperator.Sandbox;
using Microsoft.Extensions.Logging;
using Xunit;
using Result = ImageTagOperator.Kubernetes.Abstractions.ReconciliationResult<ImageTagOperator.Tests.Kubernetes.Widget>;

namespace ImageTagOperator.Tests.Kubernetes;

public sealed class OperatorTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statement_9_work_and_readiness_start_only_after_the_first_list()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        var held = server.Faults.Add("GET", WidgetCluster.ListPath, new Fault { Status = 503 });
        var world = new WidgetWorld();
        await using var app = await TestOperator.StartAsync(server, world);
        await Eventually.TrueAsync(() => server.Calls.Matching("GET", WidgetCluster.ListPath).Count >= 1, "a list is requested");
        app.Queue.Enqueue(new("default", "a"));
        Assert.False(app.State.IsReady);
        Assert.Empty(world.Reconciled);
        held.Dispose();
        await Eventually.TrueAsync(() => app.State.IsReady, "ready");
        await Eventually.TrueAsync(() => world.Runs("a") == 1, "a is reconciled");
        Assert.True(app.State.IsAlive);
    }

    [Fact]
    public async Task Statement_10_one_object_never_runs_twice_at_once_and_others_run_in_parallel()
    {
        await using var server = await WidgetCluster.StartAsync();
        var gate = new TaskCompletionSource();
        var (running, overlaps) = (new ConcurrentDictionary<string, bool>(), 0);
        var world = new WidgetWorld
        {
            Reconcile = async (widget, cancel) =>
            {
                if (!running.TryAdd(widget.Metadata.Name!, true)) Interlocked.Increment(ref overlaps);
                await gate.Task.WaitAsync(cancel);
                running.TryRemove(widget.Metadata.Name!, out _);
                return Result.Success(widget);
            },
        };
        for (var i = 0; i < 12; i++) server.ApplyWidget($"w{i}");
        await using var app = await TestOperator.StartAsync(server, world);
        await Eventually.TrueAsync(() => running.Count == 8, "eight reconciles run at once");
        for (var i = 0; i < 12; i++) server.ApplyWidget($"w{i}", size: 2);
        await Eventually.TrueAsync(() => app.Cache.All.All(widget => widget.Spec.Size == 2), "the changes arrive");
        Assert.Equal(8, running.Count);
        gate.SetResult();
        await Eventually.TrueAsync(() => Enumerable.Range(0, 12)
            .All(i => world.Reconciled.Last(widget => widget.Metadata.Name == $"w{i}").Spec.Size == 2), "all see the change");
        Assert.Equal(0, overlaps);
    }

    [Fact]
    public async Task Statement_12_a_status_write_neither_reconciles_nor_cancels_a_pending_requeue()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        server.ApplyWidget("a");
        var world = new WidgetWorld();
        TestOperator? app = null;
        world.Reconcile = async (widget, cancel) =>
        {
            widget.Status.Phase = $"run {world.Runs("a")}";
            return Result.Success(await app!.Client.UpdateStatusAsync(widget, cancel), TimeSpan.FromMinutes(10));
        };
        await using var started = app = await TestOperator.StartAsync(server, world, time);
        await Eventually.TrueAsync(() => app.Cache.All.Any(widget => widget.Status.Phase == "run 1"), "the first run wrote its status");
        await Eventually.NeverAsync(() => world.Runs("a") > 1, "a status write is no reason to reconcile");
        await time.UntilDueInAsync(TimeSpan.FromMinutes(10));
        time.Advance(TimeSpan.FromSeconds(599));
        await Eventually.NeverAsync(() => world.Runs("a") > 1, "10 minutes are not over", 50);
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => world.Runs("a") == 2, "the requeue was not cancelled");
    }

    [Fact]
    public async Task Statement_12_spec_and_request_annotation_reconcile_and_labels_do_not()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        await using var app = await (await TestOperator.StartAsync(server)).ReadyAsync();
        await Eventually.TrueAsync(() => app.World.Runs("a") == 1, "the first run");
        server.ApplyWidget("a", size: 5);
        await Eventually.TrueAsync(() => app.World.Runs("a") == 2, "the spec changed");
        Annotate("test.example.com/other", "1");
        await Eventually.NeverAsync(() => app.World.Runs("a") > 2, "another annotation is no reason");
        Annotate("test.example.com/requested-at", "now");
        await Eventually.TrueAsync(() => app.World.Runs("a") == 3, "somebody asked");

        void Annotate(string name, string value)
        {
            var widget = server.Widget("a")!;
            widget["metadata"]!["annotations"] = new JsonObject { [name] = value };
            server.Apply(widget);
        }
    }

    [Fact]
    public async Task Statement_13_failures_are_retried_forever_with_a_growing_pause_that_success_resets()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        server.ApplyWidget("a");
        var times = new ConcurrentQueue<DateTimeOffset>();
        var world = new WidgetWorld();
        world.Reconcile = (widget, _) =>
        {
            times.Enqueue(time.GetUtcNow());
            if (world.Runs("a") == 8) return Task.FromResult(Result.Success(widget));
            return world.Runs("a") % 2 == 0 ? throw new InvalidOperationException("broken")
                : Task.FromResult(Result.Failure(widget, "failed"));
        };
        await using var app = await TestOperator.StartAsync(
            server, world, time, settings => settings.FailureBackoffCap = _ => TimeSpan.FromMilliseconds(100));
        await time.AdvanceUntilAsync(() => world.Runs("a") == 8, "seven retries", TimeSpan.FromMilliseconds(1));
        var pauses = times.Zip(times.Skip(1), (left, right) => (right - left).TotalMilliseconds).ToArray();
        double[] least = [4, 8, 16, 32, 64, 80, 80]; // 80 % of 5, 10, 20, 40, 80, then the cap
        Assert.All(pauses.Zip(least), pair =>
            Assert.True(pair.First >= pair.Second, $"a pause of {pair.First} ms instead of at least {pair.Second} ms"));
        server.ApplyWidget("a", size: 2);
        await Eventually.TrueAsync(() => world.Runs("a") == 9, "the spec changed");
        await time.AdvanceUntilAsync(() => world.Runs("a") == 10, "a retry", TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(60));
    }

    [Fact]
    public async Task A_retried_failure_is_logged_once_and_so_is_its_recovery()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        server.ApplyWidget("a");
        var world = new WidgetWorld();
        world.Reconcile = (widget, _) => world.Runs("a") switch
        {
            <= 3 => throw new InvalidOperationException("broken"),
            <= 6 => Task.FromResult(Result.Failure(widget, "failed")),
            <= 9 => throw new InvalidOperationException("broken"),
            _ => Task.FromResult(Result.Success(widget)),
        };
        await using var app = await TestOperator.StartAsync(server, world, time);
        await time.AdvanceUntilAsync(() => world.Runs("a") == 10, "nine retries", TimeSpan.FromMilliseconds(10));
        await Eventually.TrueAsync(() => app.Log.Has("succeeds again"), "the recovery is logged");
        Assert.Equal(2, app.Log.At(LogLevel.Error).Count(message => message.Contains("broken", StringComparison.Ordinal)));
        Assert.Single(app.Log.At(LogLevel.Warning), message => message.Contains("failed: failed", StringComparison.Ordinal));
        Assert.Equal(4, app.Log.At(LogLevel.Debug).Count(message => message.Contains("broken", StringComparison.Ordinal)));
        Assert.Single(app.Log.At(LogLevel.Information), message => message.Contains("succeeds again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Statement_13_a_Failure_with_requeueAfter_uses_that_time()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        server.ApplyWidget("a");
        var world = new WidgetWorld { Reconcile = (widget, _) =>
            Task.FromResult(Result.Failure(widget, "later", null, TimeSpan.FromMinutes(3))) };
        await using var app = await TestOperator.StartAsync(server, world, time);
        await Eventually.TrueAsync(() => app.Log.Has("failed: later"), "the first run");
        await Eventually.NeverAsync(() => world.Runs("a") > 1, "nothing is due");
        await time.UntilDueInAsync(TimeSpan.FromMinutes(3));
        time.Advance(TimeSpan.FromSeconds(179));
        await Eventually.NeverAsync(() => world.Runs("a") > 1, "3 minutes are not over", 50);
        time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => world.Runs("a") == 2, "the retry after 3 minutes");
    }

    [Fact]
    public async Task Statement_13_a_terminal_failure_is_not_retried_until_the_spec_changes()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        server.ApplyWidget("a");
        await using var app = await (await TestOperator.StartAsync(server, time: time)).ReadyAsync();
        await Eventually.TrueAsync(() => app.World.Runs("a") == 1, "the first run");
        server.ExpireHistory();
        server.DropWatches();
        await time.AdvanceUntilAsync(
            () => server.Calls.Matching("GET", WidgetCluster.ListPath).Count == 2, "a relist", TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromHours(5));
        await Eventually.NeverAsync(() => app.World.Runs("a") > 1, "time and relists are no reason to retry");
        server.ApplyWidget("a", size: 2);
        await time.AdvanceUntilAsync(() => app.World.Runs("a") == 2, "the spec changed");
    }

    [Fact]
    public async Task Statement_14_a_deleted_objects_pending_requeue_never_calls_Reconcile()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        server.ApplyWidget("a");
        var world = new WidgetWorld { Reconcile = (widget, _) => Task.FromResult(Result.Success(widget, TimeSpan.FromMinutes(1))) };
        await using var app = await TestOperator.StartAsync(server, world, time);
        await Eventually.TrueAsync(() => world.Runs("a") == 1, "the first run");
        app.Queue.Enqueue(new("default", "a"), TimeSpan.FromMinutes(2));
        server.DeleteWidget("a");
        await Eventually.TrueAsync(() => world.Deleted.Count == 1, "DeletedAsync");
        time.Advance(TimeSpan.FromMinutes(3));
        await Eventually.NeverAsync(() => world.Runs("a") > 1, "a deleted object is not reconciled");
    }

    [Fact]
    public async Task The_object_that_ran_is_reported_when_several_were_deleted_before_a_reconcile()
    {
        await using var server = await WidgetCluster.StartAsync();
        var (running, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        var world = new WidgetWorld
        {
            Reconcile = async (widget, _) =>
            {
                running.TrySetResult();
                await goOn.Task;
                return Result.Success(widget);
            },
        };
        server.ApplyWidget("a");
        await using var app = await TestOperator.StartAsync(server, world);
        await running.Task;
        var first = world.Reconciled.Single().Metadata.Uid;
        server.DeleteWidget("a");
        server.ApplyWidget("a");
        server.DeleteWidget("a");
        goOn.SetResult();
        await Eventually.TrueAsync(
            () => world.Deleted.Any(widget => widget.Metadata.Uid == first), "what the first one left is told to go");
    }

    [Fact]
    public async Task Statement_15_shutdown_lets_running_reconciles_finish_and_starts_no_more()
    {
        await using var server = await WidgetCluster.StartAsync();
        for (var i = 0; i < 10; i++) server.ApplyWidget($"w{i}");
        var gate = new TaskCompletionSource();
        var finished = 0;
        var world = new WidgetWorld
        {
            Reconcile = async (widget, cancel) =>
            {
                await gate.Task.WaitAsync(cancel);
                Interlocked.Increment(ref finished);
                return Result.Success(widget);
            },
        };
        await using var app = await TestOperator.StartAsync(server, world, configure: settings => Elect(settings));
        await Eventually.TrueAsync(() => world.Reconciled.Count == 8, "eight run");
        var stop = app.StopAsync();
        await Eventually.NeverAsync(
            () => stop.IsCompleted || Holder(server) == "", "running reconciles are waited for, with the lease held");
        gate.SetResult();
        await stop;
        Assert.Equal((8, 8), (finished, world.Reconciled.Count));
        Assert.Equal("", Holder(server));
    }

    [Fact]
    public async Task Statement_15_reconciles_that_take_too_long_are_cancelled_before_the_lease_is_released()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        server.ApplyWidget("a");
        string? holderWhenCancelled = null;
        var world = new WidgetWorld
        {
            Reconcile = async (widget, cancel) =>
            {
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
                }
                finally
                {
                    holderWhenCancelled = Holder(server);
                }
                return Result.Success(widget);
            },
        };
        await using var app = await TestOperator.StartAsync(server, world, time, settings => Elect(settings));
        await time.AdvanceUntilAsync(() => world.Reconciled.Count == 1, "it runs");
        var stop = app.StopAsync();
        await time.AdvanceUntilAsync(
            () => holderWhenCancelled is not null, "the reconcile is cancelled", TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(26));
        await time.AdvanceUntilAsync(() => stop.IsCompleted, "the stop");
        Assert.Equal("me", holderWhenCancelled);
        Assert.Equal("", Holder(server));
    }

    [Fact]
    public async Task Statement_17_the_finalizer_is_added_before_the_first_reconcile_and_no_write_follows()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a", finalizers: ["other.example.com/first"]);
        string[] present = [];
        var world = new WidgetWorld();
        world.Reconcile = (widget, _) =>
        {
            present = server.FinalizersOf("a");
            Assert.Equal(present, widget.Metadata.Finalizers);
            return Task.FromResult(Result.Success(widget));
        };
        await using var app = await TestOperator.StartAsync(server, world, finalizer: true);
        await Eventually.TrueAsync(() => present.Length > 0, "the first run");
        Assert.Equal(["other.example.com/first", WidgetWorld.Finalizer], present);
        server.Calls.Clear();
        app.Queue.Enqueue(new("default", "a"));
        await Eventually.TrueAsync(() => world.Runs("a") == 2, "another run");
        Assert.Empty(server.Calls.Writes);
    }

    [Fact]
    public async Task Statement_17_the_finalizer_runs_for_objects_that_were_terminating_at_start_and_removes_only_itself()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a", finalizers: ["other.example.com/first", WidgetWorld.Finalizer, "other.example.com/last"]);
        server.DeleteWidget("a");
        await using var app = await TestOperator.StartAsync(server, finalizer: true);
        await Eventually.TrueAsync(() => server.FinalizersOf("a").Length == 2, "the operator's finalizer is removed");
        Assert.Equal(["other.example.com/first", "other.example.com/last"], server.FinalizersOf("a"));
        Assert.Single(app.World.Finalized);
        Assert.Empty(app.World.Reconciled);
        server.Calls.Clear();
        app.Queue.Enqueue(new("default", "a"));
        await Eventually.NeverAsync(() => server.Calls.Writes.Any() || app.World.Finalized.Count > 1, "a finalized object is left alone");
    }

    [Fact]
    public async Task Statement_17_a_conflict_never_removes_another_finalizer()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        var world = new WidgetWorld();
        using var client = server.Client();
        world.Finalize = async (widget, cancel) =>
        {
            // Another client writes, unseen by the cache: the next write of the operator is based on an old version.
            await client.PatchAsync<Widget>(widget.Key(),
                new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["touched"] = "yes" } } }, null, cancel);
            return Result.Success(widget);
        };
        await using var app = await TestOperator.StartAsync(server, world, finalizer: true);
        await Eventually.TrueAsync(() => world.Runs("a") == 1, "the first run");
        await client.PatchAsync<Widget>(
            new("default", "a"), new JsonObject { [
                "metadata"] = new JsonObject { ["finalizers"] = new JsonArray([WidgetWorld.Finalizer, "late.example.com/x"]) } }, null,
                Cancel);
        server.DeleteWidget("a");
        await Eventually.TrueAsync(() => server.FinalizersOf("a").Length == 1, "the operator's finalizer is removed");
        Assert.Equal(["late.example.com/x"], server.FinalizersOf("a"));
        Assert.Equal(2, world.Finalized.Count);
        Assert.Contains(server.Calls.Matching("PATCH", "*/widgets/a"), call => call.Status == 409);
    }

    [Fact]
    public async Task Statement_17_a_finalizer_that_fails_keeps_the_object_and_is_tried_again()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        var world = new WidgetWorld();
        world.Finalize = (widget, _) =>
            Task.FromResult(world.Finalized.Count < 3 ? Result.Failure(widget, "not yet") : Result.Success(widget));
        await using var app = await TestOperator.StartAsync(server, world, finalizer: true);
        await Eventually.TrueAsync(() => world.Runs("a") == 1, "the first run");
        server.DeleteWidget("a");
        await Eventually.TrueAsync(() => server.Widget("a") is null, "the object is deleted");
        Assert.Equal(3, world.Finalized.Count);
        await Eventually.TrueAsync(() => world.Deleted.Count == 1, "DeletedAsync");
    }

    [Fact]
    public async Task A_conflict_is_retried_soon_and_is_not_an_error()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        var world = new WidgetWorld();
        TestOperator? app = null;
        world.Reconcile = async (widget, cancel) =>
        {
            if (world.Runs("a") == 1) widget.Metadata.ResourceVersion = "1";
            widget.Status.Phase = "done";
            return Result.Success(await app!.Client.UpdateStatusAsync(widget, cancel));
        };
        await using var started = app = await TestOperator.StartAsync(server, world);
        await Eventually.TrueAsync(() => server.Widget("a")?["status"]?["phase"] is not null, "the second try");
        Assert.Empty(app.Log.At(LogLevel.Error));
        Assert.Empty(app.Log.At(LogLevel.Warning));
        Assert.Contains(app.Log.At(LogLevel.Debug), message => message.Contains("written by somebody else", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_reconcile_sees_the_write_of_the_previous_one_even_when_the_watch_is_late()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        var world = new WidgetWorld();
        TestOperator? app = null;
        world.Reconcile = async (widget, cancel) =>
        {
            if (widget.Status.Phase is not null) return Result.Success(widget);
            widget.Status.Phase = "written";
            await app!.Client.UpdateStatusAsync(widget, cancel);
            app.Queue.Enqueue(widget.Key());
            return Result.Success(widget);
        };
        using var deaf = server.Faults.Add("GET", WidgetCluster.WatchPath, new Fault { Hang = true });
        await using var started = app = await TestOperator.StartAsync(server, world);
        await Eventually.TrueAsync(() => world.Runs("a") == 2, "two runs");
        Assert.Equal(["written", "written"], world.Reconciled.Select(widget => widget.Status.Phase));
    }

    [Fact]
    public async Task A_controller_gets_a_private_copy()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        var world = new WidgetWorld
        {
            Reconcile = (widget, _) =>
            {
                widget.Spec.Size = 999;
                widget.Metadata.Labels = new Dictionary<string, string> { ["changed"] = "yes" };
                return Task.FromResult(Result.Success(widget));
            },
        };
        await using var app = await TestOperator.StartAsync(server, world);
        await Eventually.TrueAsync(() => world.Runs("a") == 1, "the first run");
        var cached = app.Cache.TryGet(new("default", "a"))!;
        Assert.Equal((1, null), (cached.Spec.Size, cached.Metadata.Labels));
    }

    [Fact]
    public async Task A_run_that_the_controller_can_repeat_needs_no_copy_and_no_reconcile()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        var world = new WidgetWorld();
        await using var app = await TestOperator.StartAsync(server, world);
        await Eventually.TrueAsync(() => world.Runs("a") == 1, "the first run");
        world.Repeats = true;
        app.Queue.Enqueue(new("default", "a"));
        await Eventually.TrueAsync(() => !world.Repeated.IsEmpty, "the second run");
        Assert.Same(app.Cache.TryGet(new("default", "a")), world.Repeated.Single());
        server.DeleteWidget("a");
        await Eventually.TrueAsync(() => world.Deleted.Count == 1, "the deletion");
        Assert.Single(world.Repeated);
        Assert.Equal(1, world.Runs("a"));
    }

    [Fact]
    public async Task Observers_see_a_change_before_its_object_is_reconciled()
    {
        await using var server = await WidgetCluster.StartAsync();
        var seen = new ConcurrentDictionary<string, int>();
        var late = 0;
        var world = new WidgetWorld
        {
            Reconcile = (widget, _) =>
            {
                if (seen.GetValueOrDefault(widget.Metadata.Name!) < widget.Spec.Size) Interlocked.Increment(ref late);
                return Task.FromResult(Result.Success(widget));
            },
        };
        await using var app = await (await TestOperator.StartAsync(server, world)).ReadyAsync();
        using var subscription = app.Cache.Subscribe(change => seen[change.Entity.Metadata.Name!] = change.Entity.Spec.Size);
        for (var i = 0; i < 100; i++) server.ApplyWidget($"w{i % 10}", size: i);
        await Eventually.TrueAsync(
            () => Enumerable.Range(0, 10).All(i => world.Reconciled.Any(widget => widget.Spec.Size == 90 + i)), "all are reconciled");
        Assert.Equal(0, late);
    }

    [Fact]
    public async Task An_object_that_is_not_ours_is_left_alone_and_queued_when_it_becomes_ours()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("a");
        server.ApplyWidget("b");
        server.ApplyWidget("b", finalizers: WidgetWorld.Finalizer);
        Label("a", "other");
        Label("b", "ours");
        await using var app = await TestOperator.StartAsync(
            server, configure: settings => settings.IsOurs = entity => entity.Metadata.Labels?["owner"] == "ours", finalizer: true);
        await Eventually.TrueAsync(() => app.World.Runs("b") == 1, "ours is reconciled");
        server.ApplyWidget("a", size: 2);
        await Eventually.NeverAsync(() => app.World.Runs("a") > 0, "another's is not");
        Assert.Empty(server.FinalizersOf("a"));

        // The label changes no generation, as a status does not.
        Label("a", "ours");
        await Eventually.TrueAsync(() => app.World.Runs("a") == 1, "it became ours");
        Assert.Equal([WidgetWorld.Finalizer], server.FinalizersOf("a"));
        Label("b", "other");
        server.DeleteWidget("b");
        await Eventually.NeverAsync(() => !app.World.Finalized.IsEmpty, "another's is not finalized");

        void Label(string name, string owner)
        {
            var widget = server.Widget(name)!;
            widget["metadata"]!["labels"] = new System.Text.Json.Nodes.JsonObject { ["owner"] = owner };
            server.Apply(widget);
        }
    }

    private static void Elect(OperatorSettings settings)
    {
        settings.LeaderElection.Enabled = true;
        settings.LeaderElection.Identity = "me";
    }

    private static string? Holder(Sandbox.Kubernetes.SandboxKubernetes server) =>
        server.Get("leases.coordination.k8s.io", "default", "tester")?["spec"]?["holderIdentity"]?.ToString();
}
