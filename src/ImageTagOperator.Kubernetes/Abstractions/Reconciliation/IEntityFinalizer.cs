namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Cleans up before an object is deleted.</summary>
public interface IEntityFinalizer<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Finalizes an object. Success removes this finalizer, and no other, from the object. Failure keeps it and retries; also
    /// return it for "not done yet". Must be idempotent.</summary>
    Task<ReconciliationResult<TEntity>> FinalizeAsync(TEntity entity, CancellationToken cancellationToken);
}
