namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>A change in the cache.</summary>
/// <param name="Entity">The current object; the last known state when it was deleted.</param>
/// <param name="Previous">The previous object; null when it was added.</param>
public sealed record EntityChange<TEntity>(WatchEventType Type, TEntity Entity, TEntity? Previous)
    where TEntity : class;
