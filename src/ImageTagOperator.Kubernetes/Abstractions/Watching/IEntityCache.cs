namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>All watched objects of a kind, kept current by watches. The objects are shared: do not change them.</summary>
public interface IEntityCache<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Whether every watched namespace was listed once.</summary>
    bool IsSynced { get; }

    /// <summary>A snapshot. It is created once per change, so reading it is cheap.</summary>
    IReadOnlyCollection<TEntity> All { get; }

    /// <summary>The object, or null.</summary>
    TEntity? TryGet(NamespacedName key);

    /// <summary>Calls <paramref name="observer"/> with every existing object as Added, then with each change before its key is queued.
    /// Calls do not overlap and come from inside the cache, so the observer must be quick and must not block. Dispose the result to
    /// unsubscribe.</summary>
    IDisposable Subscribe(Action<EntityChange<TEntity>> observer);
}
