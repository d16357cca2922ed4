namespace ImageTagOperator.Tests.Tripwires;

/// <summary>A test for a gap of the referenced KubernetesClient that an operator needs. Each is a row in docs/adr/0001.</summary>
/// <param name="fact">What the package does.</param>
/// <param name="files">Files below src/ImageTagOperator.Kubernetes that can be deleted or become shorter when the package closes the
/// gap.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TripwireAttribute(string fact, params string[] files) : Attribute
{
    public string Fact => fact;

    public IReadOnlyList<string> Files => files;
}
