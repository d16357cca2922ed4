namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>What to list.</summary>
/// <param name="ResourceVersion"><c>"0"</c>: anything that the server has in memory will do. Null: what is true now, read from
/// storage.</param>
/// <param name="PageSize">Objects per request.</param>
public sealed record ListOptions(
    string? LabelSelector = null, string? FieldSelector = null, string? ResourceVersion = null, int PageSize = 500);
