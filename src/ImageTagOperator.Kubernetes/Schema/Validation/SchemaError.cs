namespace ImageTagOperator.Kubernetes;

/// <summary>What a schema has against a value.</summary>
/// <param name="Path">Such as <c>spec.tags[2]</c>; empty for the whole.</param>
/// <param name="Message">The end of a sentence about the field.</param>
public sealed record SchemaError(string Path, string Message);
