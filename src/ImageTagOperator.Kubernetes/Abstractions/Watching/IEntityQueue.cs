namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Requests reconciles of objects.</summary>
public interface IEntityQueue<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Queues the key now or after a delay. Several calls for one key collapse into one; the earliest time applies.</summary>
    void Enqueue(NamespacedName key, TimeSpan after = default);
}
