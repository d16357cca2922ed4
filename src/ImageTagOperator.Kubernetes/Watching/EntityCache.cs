using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Watching;

/// <summary>The cache of one kind, updated by one watch per namespace and by our own writes.</summary>
internal sealed partial class EntityCache<TEntity>(ILogger<EntityCache<TEntity>> logger) : IEntityCache<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, TEntity> entities = [];
    private readonly List<Action<EntityChange<TEntity>>> observers = [];
    private readonly HashSet<string> synced = [];
    private readonly Dictionary<string, DateTimeOffset> terminating = [];
    private readonly TaskCompletionSource allSynced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TEntity[]? snapshot;
    private Action<EntityChange<TEntity>>? dispatcher;

    public bool IsSynced => allSynced.Task.IsCompletedSuccessfully;

    /// <summary>How many namespaces must be listed before <see cref="IsSynced"/> is true.</summary>
    public int ExpectedLists { get; set; } = 1;

    public IReadOnlyCollection<TEntity> All
    {
        get
        {
            lock (gate) return snapshot ??= [.. entities.Values];
        }
    }

    public Task WhenSyncedAsync(CancellationToken cancellationToken) => allSynced.Task.WaitAsync(cancellationToken);

    public TEntity? TryGet(NamespacedName key)
    {
        lock (gate) return entities.GetValueOrDefault(key);
    }

    public IDisposable Subscribe(Action<EntityChange<TEntity>> observer)
    {
        lock (gate)
        {
            foreach (var entity in entities.Values) observer(new(WatchEventType.Added, entity, null));
            observers.Add(observer);
        }

        return new Subscription(this, observer);
    }

    /// <summary>Starts to queue keys: every existing object, then each change after all observers saw it.</summary>
    public void Dispatch(Action<EntityChange<TEntity>> queue)
    {
        lock (gate)
        {
            dispatcher = queue;
            foreach (var entity in entities.Values) queue(new(WatchEventType.Added, entity, null));
        }
    }

    /// <summary>Applies a complete list. Objects that are missing from it were deleted while there was no watch.</summary>
    public void Replace(string? inNamespace, EntityList<TEntity> list)
    {
        lock (gate)
        {
            var present = list.Items.Select(entity => entity.Key()).Concat(list.Unreadable).ToHashSet();
            var gone = entities.Keys.Where(key => (inNamespace is null || key.Namespace == inNamespace) && !present.Contains(key)).ToList();
            foreach (var key in gone) Remove(key, entities[key]);
            foreach (var entity in list.Items) Put(entity);
            synced.Add(inNamespace ?? "");
            if (synced.Count == ExpectedLists) allSynced.TrySetResult();
        }
    }

    /// <summary>Applies one event of a watch.</summary>
    public void Apply(WatchEvent<TEntity> change)
    {
        lock (gate)
        {
            if (change.Type != WatchEventType.Deleted)
            {
                if (change.Entity is { } entity) Put(entity);
            }
            else if (entities.TryGetValue(change.Key, out var known)
                && (change.Entity is null || change.Entity.Metadata.Uid == known.Metadata.Uid))
            {
                Remove(change.Key, change.Entity ?? known);
            }
        }
    }

    /// <summary>Applies our own write. Never adds an object, which may have been deleted since.</summary>
    public void ApplyOwnWrite(IKubernetesObject<V1ObjectMeta> written)
    {
        if (written is not TEntity entity) return;
        lock (gate)
        {
            if (entities.TryGetValue(entity.Key(), out var known) && known.Metadata.Uid == entity.Metadata.Uid) Put(entity);
        }
    }

    /// <summary>Treats every object of a namespace as being deleted, which it soon will be: since Kubernetes 1.33
    /// (OrderedNamespaceDeletion) other objects of a namespace are only deleted after its pods.</summary>
    /// <param name="copy">Copies an object; those in the cache are shared.</param>
    public void MarkTerminating(string inNamespace, DateTimeOffset now, Func<TEntity, TEntity> copy)
    {
        lock (gate)
        {
            terminating[inNamespace] = now;
            foreach (var known in entities.Values
                .Where(entity => entity.Metadata.NamespaceProperty == inNamespace && !entity.IsTerminating()).ToList())
            {
                var entity = copy(known);
                entity.Metadata.DeletionTimestamp = now.UtcDateTime;
                entities[entity.Key()] = entity;
                Notify(new(WatchEventType.Modified, entity, known));
            }
        }
    }

    private void Put(TEntity entity)
    {
        var key = entity.Key();
        if (key.Namespace is { } home && terminating.TryGetValue(home, out var end)) entity.Metadata.DeletionTimestamp ??= end.UtcDateTime;
        var known = entities.GetValueOrDefault(key);
        if (known is not null && ResourceVersions.IsOld(entity.Metadata, known.Metadata)) return;
        if (known is not null && known.Metadata.Uid != entity.Metadata.Uid)
        {
            // Deleted and created again while there was no watch: two objects with the same name.
            Remove(key, known);
            known = null;
        }

        entities[key] = entity;
        Notify(new(known is null ? WatchEventType.Added : WatchEventType.Modified, entity, known));
    }

    private void Remove(NamespacedName key, TEntity last)
    {
        entities.Remove(key, out var known);
        Notify(new(WatchEventType.Deleted, last, known));
    }

    [SuppressMessage("Design", "CA1031", Justification = "An observer that throws must not stop the watch; it is logged")]
    private void Notify(EntityChange<TEntity> change)
    {
        snapshot = null;
        foreach (var observer in observers)
        {
            try
            {
                observer(change);
            }
            catch (Exception error)
            {
                LogObserverFailed(logger, error, change.Type, change.Entity.Key());
            }
        }

        dispatcher?.Invoke(change);
    }

    private sealed class Subscription(EntityCache<TEntity> cache, Action<EntityChange<TEntity>> observer) : IDisposable
    {
        public void Dispose()
        {
            lock (cache.gate) cache.observers.Remove(observer);
        }
    }

    [LoggerMessage(1201, LogLevel.Error, "An observer of the cache failed on {Type} {Key}")]
    private static partial void LogObserverFailed(ILogger logger, Exception error, WatchEventType type, NamespacedName key);
}
