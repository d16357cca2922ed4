namespace ImageTagOperator.Planning.Conditions;

/// <summary>A Kubernetes condition in a set's status.</summary>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Generation">The generation of the set that was observed.</param>
/// <param name="Since">When <paramref name="Status"/> last changed.</param>
public sealed record Condition(
    string Type, string Status, string Reason, string Message, long? Generation = null, DateTimeOffset? Since = null)
{
    public const string Ready = "Ready";
    public const string Reconciling = "Reconciling";
    public const string Stalled = "Stalled";
    public const string Drifted = "Drifted";
}
