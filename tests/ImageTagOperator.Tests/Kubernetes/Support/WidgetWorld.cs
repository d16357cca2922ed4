using System.Collections.Concurrent;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>The behaviour of the test's controller and finalizer, and the calls that they received.</summary>
internal sealed class WidgetWorld
{
    public const string Finalizer = "test.example.com/cleanup";

    public ConcurrentQueue<Widget> Reconciled { get; } = new();

    public ConcurrentQueue<Widget> Deleted { get; } = new();

    public ConcurrentQueue<Widget> Finalized { get; } = new();

    public ConcurrentQueue<Exception> Failed { get; } = new();

    public ConcurrentQueue<Widget> Repeated { get; } = new();

    /// <summary>Whether a run is like the last one.</summary>
    public bool Repeats { get; set; }

    public Func<Widget, CancellationToken, Task<ReconciliationResult<Widget>>> Reconcile { get; set; } =
        (widget, _) => Task.FromResult(ReconciliationResult<Widget>.Success(widget));

    public Func<Widget, CancellationToken, Task<ReconciliationResult<Widget>>> Finalize { get; set; } =
        (widget, _) => Task.FromResult(ReconciliationResult<Widget>.Success(widget));

    public int Runs(string name) => Reconciled.Count(widget => widget.Metadata.Name == name);
}

internal sealed class WidgetController(WidgetWorld world) : IEntityController<Widget>
{
    public Task<ReconciliationResult<Widget>> ReconcileAsync(Widget entity, CancellationToken cancellationToken)
    {
        world.Reconciled.Enqueue(entity);
        return world.Reconcile(entity, cancellationToken);
    }

    public Task<ReconciliationResult<Widget>?> TryRepeatAsync(Widget cached, CancellationToken cancellationToken)
    {
        if (!world.Repeats) return Task.FromResult<ReconciliationResult<Widget>?>(null);
        world.Repeated.Enqueue(cached);
        return Task.FromResult<ReconciliationResult<Widget>?>(ReconciliationResult<Widget>.Success(cached));
    }

    public Task<string> FailedAsync(Widget entity, Exception error, CancellationToken cancellationToken)
    {
        world.Failed.Enqueue(error);
        return Task.FromResult("");
    }

    public Task<ReconciliationResult<Widget>> DeletedAsync(Widget entity, CancellationToken cancellationToken)
    {
        world.Deleted.Enqueue(entity);
        return Task.FromResult(ReconciliationResult<Widget>.Success(entity));
    }
}

internal sealed class WidgetFinalizer(WidgetWorld world) : IEntityFinalizer<Widget>
{
    public Task<ReconciliationResult<Widget>> FinalizeAsync(Widget entity, CancellationToken cancellationToken)
    {
        world.Finalized.Enqueue(entity);
        return world.Finalize(entity, cancellationToken);
    }
}
