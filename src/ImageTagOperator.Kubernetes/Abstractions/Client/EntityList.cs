namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>All pages of a list.</summary>
/// <param name="ResourceVersion">Where a watch has to start so that nothing is missed.</param>
/// <param name="Unreadable">Objects of the list that did not fit their type; they were logged and are not in
/// <paramref name="Items"/>.</param>
public sealed record EntityList<TEntity>(IReadOnlyList<TEntity> Items, string? ResourceVersion, IReadOnlyList<NamespacedName> Unreadable);
