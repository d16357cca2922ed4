namespace ImageTagOperator.Planning.Conditions;

/// <summary>A condition of a set's status, as Kubernetes has them.</summary>
/// <param name="Status"><c>True</c>, <c>False</c> or <c>Unknown</c>.</param>
/// <param name="Generation">The generation of the set that it is about.</param>
/// <param name="Since">When <paramref name="Status"/> became what it is.</param>
public sealed record Condition(
    string Type, string Status, string Reason, string Message, long? Generation = null, DateTimeOffset? Since = null)
{
    public const string Ready = "Ready";
    public const string Reconciling = "Reconciling";
    public const string Stalled = "Stalled";
    public const string Drifted = "Drifted";
}
