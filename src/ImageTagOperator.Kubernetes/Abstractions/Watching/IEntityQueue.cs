namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Asks for objects to be reconciled.</summary>
public interface IEntityQueue<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Queues the key now, or after a while. Many calls for one key collapse into one, and the earliest time wins.</summary>
    void Enqueue(NamespacedName key, TimeSpan after = default);
}
