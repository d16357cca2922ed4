namespace ImageTagOperator.Controllers;

/// <summary>The pod that the operator runs in.</summary>
/// <param name="Namespace">Null outside of a cluster.</param>
public sealed record OperatorPod(string? Namespace);
