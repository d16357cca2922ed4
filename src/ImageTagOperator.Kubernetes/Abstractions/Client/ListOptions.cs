namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The options of a list request.</summary>
/// <param name="ResourceVersion"><c>"0"</c> accepts any version that the server has in memory. Null reads the current state from
/// storage.</param>
/// <param name="PageSize">The number of objects per request.</param>
public sealed record ListOptions(
    string? LabelSelector = null, string? FieldSelector = null, string? ResourceVersion = null, int PageSize = 500);
