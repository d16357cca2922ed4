using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Controllers;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>A reconcile that hangs is canceled with its object, or at its timeout. When it does not end, that is reported.</summary>
public sealed class RunningReconcileTests
{
    [Theory]
    [InlineData("edit")]
    [InlineData("delete")]
    public async Task A_reconcile_is_canceled_soon_after_its_object_was_edited_or_deleted(string change)
    {
        var (time, ended) = (new FakeTimeProvider(), new TaskCompletionSource());
        await using var server = await WidgetCluster.StartAsync(time);
        server.ApplyWidget("a");
        var world = new WidgetWorld { Reconcile = (widget, token) => widget.Spec.Size == 1 ? HangAsync(widget, ended, token)
            : Task.FromResult(ReconciliationResult<Widget>.Success(widget)) };
        await using var widgets = await TestOperator.StartAsync(server, world, time);
        await widgets.ReadyAsync();
        await Eventually.TrueAsync(() => world.Runs("a") == 1, "the reconcile runs", seconds: 60);
        if (change == "edit") server.ApplyWidget("a", size: 2);
        else server.DeleteWidget("a");
        await time.UntilDueInAsync(TimeSpan.FromSeconds(2));
        Assert.False(ended.Task.IsCompleted, "the reconcile gets time to end on its own");
        time.Advance(TimeSpan.FromSeconds(2));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);
        if (change == "edit") await Eventually.TrueAsync(() => world.Runs("a") == 2, "the edited object is reconciled", seconds: 60);
        else await Eventually.TrueAsync(() => world.Deleted.Count == 1, "the deletion is reported", seconds: 60);
        Assert.False(widgets.Log.Has("failed"), "nothing failed");
    }

    [Fact]
    public async Task A_change_of_labels_does_not_cancel_a_reconcile()
    {
        var (time, ended, goOn) = (new FakeTimeProvider(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await WidgetCluster.StartAsync(time);
        server.ApplyWidget("a");
        var world = new WidgetWorld { Reconcile = (widget, token) => HangAsync(widget, ended, token, goOn.Task) };
        await using var widgets = await TestOperator.StartAsync(server, world, time);
        await widgets.ReadyAsync();
        await Eventually.TrueAsync(() => world.Runs("a") == 1, "the reconcile runs", seconds: 60);
        var labelled = server.Widget("a")!;
        labelled["metadata"]!["labels"] = new JsonObject { ["x"] = "y" };
        server.Apply(labelled);
        await Eventually.TrueAsync(
            () => widgets.Cache.TryGet(new("default", "a"))!.Metadata.Labels?.ContainsKey("x") == true, "the label is seen", seconds: 60);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.False(ended.Task.IsCompleted);
        goOn.SetResult();       // the shutdown waits for it
    }

    [Fact]
    public async Task A_reconcile_is_canceled_after_five_minutes_and_retried()
    {
        var (time, ended) = (new FakeTimeProvider(), new TaskCompletionSource());
        await using var server = await WidgetCluster.StartAsync(time);
        server.ApplyWidget("a");
        WidgetWorld world = null!;
        world = new WidgetWorld { Reconcile = (widget, token) => world.Runs("a") == 1 ? HangAsync(widget, ended, token)
            : Task.FromResult(ReconciliationResult<Widget>.Success(widget)) };
        await using var widgets = await TestOperator.StartAsync(server, world, time);
        await widgets.ReadyAsync();
        await time.UntilDueInAsync(TimeSpan.FromMinutes(5));
        time.Advance(TimeSpan.FromMinutes(5));
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, TestContext.Current.CancellationToken);
        await time.AdvanceUntilAsync(() => world.Runs("a") == 2, "the retry");
        Assert.True(widgets.Log.Has("It took longer than 5 minutes"), "the log says why it was ended");
        Assert.IsType<ReconcileTimeoutException>(Assert.Single(world.Failed));
    }

    [Fact]
    public void A_worker_without_progress_is_detected_and_an_idle_one_is_not()
    {
        var time = new FakeTimeProvider();
        var runs = new RunningReconciles(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(2), time);
        time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(TimeSpan.Zero, runs.SinceProgress);
        using var hanging = runs.Begin(new("ns", "hangs"), CancellationToken.None);
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(TimeSpan.FromMinutes(10), runs.SinceProgress);
        runs.Begin(new("ns", "other"), CancellationToken.None).Dispose();
        Assert.Equal(TimeSpan.Zero, runs.SinceProgress);
        time.Advance(TimeSpan.FromMinutes(16));
        Assert.Equal(TimeSpan.FromMinutes(16), runs.SinceProgress);
        var state = new OperatorState();
        state.Watch(() => runs.SinceProgress < new OperatorSettings().ProgressTimeout);
        Assert.False(state.IsAlive);
        hanging.Dispose();
        Assert.True(state.IsAlive);
    }

    private static async Task<ReconciliationResult<Widget>> HangAsync(
        Widget widget, TaskCompletionSource ended, CancellationToken cancellationToken, Task? until = null)
    {
        try
        {
            await (until ?? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None)).WaitAsync(cancellationToken);
        }
        finally
        {
            ended.TrySetResult();
        }

        return ReconciliationResult<Widget>.Success(widget);
    }
}
