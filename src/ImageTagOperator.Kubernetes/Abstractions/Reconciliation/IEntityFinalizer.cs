namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Cleans up before an object goes.</summary>
public interface IEntityFinalizer<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Success removes this finalizer, and no other, from the object. Failure keeps it and comes back: also the right answer to
    /// "not done yet". Must be safe to repeat.</summary>
    Task<ReconciliationResult<TEntity>> FinalizeAsync(TEntity entity, CancellationToken cancellationToken);
}
