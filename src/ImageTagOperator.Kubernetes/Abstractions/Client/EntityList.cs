namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>All pages of a list.</summary>
/// <param name="ResourceVersion">The version to start a watch from, so that nothing is missed.</param>
/// <param name="Unreadable">Objects that did not fit their type. They were logged and are not in <paramref name="Items"/>.</param>
public sealed record EntityList<TEntity>(IReadOnlyList<TEntity> Items, string? ResourceVersion, IReadOnlyList<NamespacedName> Unreadable);
