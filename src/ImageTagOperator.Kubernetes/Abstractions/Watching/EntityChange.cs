namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>A change in the cache.</summary>
/// <param name="Entity">As it is now; the last known state when it was deleted.</param>
/// <param name="Previous">As it was; null when it was added.</param>
public sealed record EntityChange<TEntity>(WatchEventType Type, TEntity Entity, TEntity? Previous)
    where TEntity : class;
