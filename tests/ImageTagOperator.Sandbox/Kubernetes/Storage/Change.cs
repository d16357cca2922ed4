namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>One change in the history of the store.</summary>
/// <param name="Before">Null for a creation.</param>
/// <param name="After">Null for a deletion.</param>
/// <param name="Last">For a deletion, the last state with the version of the deletion; else <paramref name="After"/>.</param>
internal sealed record Change(long Version, string Resource, StoredObject? Before, StoredObject? After, StoredObject Last);
