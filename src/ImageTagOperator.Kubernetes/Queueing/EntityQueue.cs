namespace ImageTagOperator.Kubernetes.Queueing;

/// <summary>The queue of one kind, fair between namespaces.</summary>
internal sealed class EntityQueue<TEntity>(TimeProvider time, int maxPerNamespace = int.MaxValue) : IEntityQueue<TEntity>, IDisposable
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    public WorkQueue<NamespacedName> Work { get; } = new(time, static key => key.Namespace ?? "", maxPerNamespace);

    public void Enqueue(NamespacedName key, TimeSpan after) => Work.AddAfter(key, after, DelayKind.Request);

    public void Dispose() => Work.Dispose();
}
