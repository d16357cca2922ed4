namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Reconciles an entity. Each call gets a new instance in its own scope. Calls for one object never overlap.</summary>
public interface IEntityController<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Called before each reconcile. Most reconciles have nothing to do, and this can find it without a copy.</summary>
    /// <param name="cached">The object in the cache, which must not be modified. Not terminating; its finalizers may not be attached
    /// yet.</param>
    /// <param name="cancellationToken">Cancelled like that of the reconcile.</param>
    /// <returns>The result of the reconcile; null: it must run.</returns>
    Task<ReconciliationResult<TEntity>?> TryRepeatAsync(TEntity cached, CancellationToken cancellationToken) =>
        Task.FromResult<ReconciliationResult<TEntity>?>(null);

    /// <param name="entity">A private copy. Our finalizers are already attached on the server.</param>
    /// <param name="cancellationToken">Cancelled when the process has to stop, and at once when leadership is lost.</param>
    Task<ReconciliationResult<TEntity>> ReconcileAsync(TEntity entity, CancellationToken cancellationToken);

    /// <summary>Called after the object was deleted. Best effort: a process that was down meanwhile misses it. Required cleanup belongs in
    /// a finalizer.</summary>
    Task<ReconciliationResult<TEntity>> DeletedAsync(TEntity entity, CancellationToken cancellationToken);

    /// <summary>Called when a reconcile or finalizer of the object, or a write of its finalizers, threw an unexpected exception, so that
    /// the controller can report it where users look. The object is retried in any case.</summary>
    /// <param name="entity">A private copy of the object in the cache.</param>
    /// <param name="error">The exception, which the runtime logs.</param>
    /// <returns>The reason that the run is counted under; empty for none.</returns>
    Task<string> FailedAsync(TEntity entity, Exception error, CancellationToken cancellationToken) => Task.FromResult("");
}
