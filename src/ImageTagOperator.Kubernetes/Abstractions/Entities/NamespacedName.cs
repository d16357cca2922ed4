namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The name of an object within its kind. <see cref="Namespace"/> is null for cluster-scoped objects.</summary>
public readonly record struct NamespacedName(string? Namespace, string Name)
{
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
