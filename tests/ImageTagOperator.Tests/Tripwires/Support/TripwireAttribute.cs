namespace ImageTagOperator.Tests.Tripwires;

/// <summary>A test of what the referenced KubernetesClient does not do as an operator needs it. It stands as a row in
/// docs/adr/0001.</summary>
/// <param name="fact">What it does.</param>
/// <param name="files">Ours, below src/ImageTagOperator.Kubernetes, that may be deleted or become shorter on the day that it does
/// better.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TripwireAttribute(string fact, params string[] files) : Attribute
{
    public string Fact => fact;

    public IReadOnlyList<string> Files => files;
}
