namespace ImageTagOperator.Kubernetes.Hosting;

/// <summary>Everything that runs for one kind.</summary>
internal interface IEntityRuntime
{
    /// <summary>Begins to fill the cache, one watch per namespace.</summary>
    IReadOnlyList<Task> Watch(CancellationToken cancellationToken);

    Task WhenSyncedAsync(CancellationToken cancellationToken);

    /// <summary>Begins to reconcile.</summary>
    /// <param name="taking">Ends the taking of new keys; running ones go on.</param>
    /// <param name="running">Cancels the running ones.</param>
    IReadOnlyList<Task> Work(CancellationToken taking, CancellationToken running);

    /// <summary>Has the workers finalize every object of a namespace that is being deleted, whether or not the objects are by now. Ends
    /// when none has a finalizer of ours.</summary>
    Task EvacuateAsync(string inNamespace, CancellationToken cancellationToken);
}
