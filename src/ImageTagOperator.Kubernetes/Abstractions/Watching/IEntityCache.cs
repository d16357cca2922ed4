namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>All watched objects of a kind, kept current by watches. Objects in it are shared: look, do not change.</summary>
public interface IEntityCache<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>The first list of every watched namespace is in.</summary>
    bool IsSynced { get; }

    /// <summary>A snapshot; made once per change, so cheap to ask for.</summary>
    IReadOnlyCollection<TEntity> All { get; }

    /// <summary>The object, or null.</summary>
    TEntity? TryGet(NamespacedName key);

    /// <summary>Calls <paramref name="observer"/> with everything that is there as Added, then with each change, before its key is queued.
    /// Calls come one at a time, from inside the cache: the observer must be quick and must not block. Dispose to end it.</summary>
    IDisposable Subscribe(Action<EntityChange<TEntity>> observer);
}
