namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Short names that kubectl understands.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class KubernetesEntityShortNamesAttribute(params string[] shortNames) : Attribute
{
    public IReadOnlyList<string> ShortNames => shortNames;
}
