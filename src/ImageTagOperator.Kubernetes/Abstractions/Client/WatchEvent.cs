namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>One event of a watch.</summary>
/// <param name="Entity">Null for bookmarks, and for an object that does not fit its type, which was logged.</param>
public sealed record WatchEvent<TEntity>(WatchEventType Type, NamespacedName Key, string? ResourceVersion, TEntity? Entity)
    where TEntity : class;
