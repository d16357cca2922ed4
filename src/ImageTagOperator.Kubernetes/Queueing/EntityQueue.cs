namespace ImageTagOperator.Kubernetes;

/// <summary>The queue of one kind.</summary>
internal sealed class EntityQueue<TEntity>(TimeProvider time) : IEntityQueue<TEntity>, IDisposable
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    public WorkQueue<NamespacedName> Work { get; } = new(time);

    public void Enqueue(NamespacedName key, TimeSpan after) => Work.AddAfter(key, after, DelayKind.Request);

    public void Dispose() => Work.Dispose();
}
