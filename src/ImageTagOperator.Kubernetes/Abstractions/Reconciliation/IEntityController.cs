namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Brings the world in line with an entity. A new instance, in a scope of its own, for each call; never two calls at once for
/// one object.</summary>
public interface IEntityController<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <param name="entity">A private copy, with our finalizers already on it on the server.</param>
    /// <param name="cancellationToken">Fires when the process has to stop, and at once when leadership is lost.</param>
    Task<ReconciliationResult<TEntity>> ReconcileAsync(TEntity entity, CancellationToken cancellationToken);

    /// <summary>The object is gone. Best effort: a process that was down meanwhile never hears of it. What must be done belongs in a
    /// finalizer.</summary>
    Task<ReconciliationResult<TEntity>> DeletedAsync(TEntity entity, CancellationToken cancellationToken);

    /// <summary>A reconcile or finalizer of the object, or a write of its finalizers, threw what its code did not foresee: the place to say
    /// so where people look for it. The object is tried again either way.</summary>
    /// <param name="entity">A private copy of the object as the cache has it.</param>
    /// <param name="error">What was thrown. The runtime logs it.</param>
    /// <returns>The reason under which the run counts, or an empty text.</returns>
    Task<string> FailedAsync(TEntity entity, Exception error, CancellationToken cancellationToken) => Task.FromResult("");
}
