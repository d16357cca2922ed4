namespace ImageTagOperator.Kubernetes.Hosting;

/// <summary>The watches and workers of one kind.</summary>
internal interface IEntityRuntime
{
    /// <summary>Starts to fill the cache, with one watch per namespace.</summary>
    IReadOnlyList<Task> Watch(CancellationToken cancellationToken);

    Task WhenSyncedAsync(CancellationToken cancellationToken);

    /// <summary>Starts to reconcile.</summary>
    /// <param name="taking">Stops taking new keys; running ones continue.</param>
    /// <param name="running">Cancels running reconciles.</param>
    IReadOnlyList<Task> Work(CancellationToken taking, CancellationToken running);

    /// <summary>Finalizes every object of a namespace that is being deleted, even before the objects themselves are. Ends when no object
    /// has one of our finalizers.</summary>
    Task FinalizeNamespaceAsync(string inNamespace, CancellationToken cancellationToken);
}
