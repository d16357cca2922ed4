namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The name of an object inside its kind. <see cref="Namespace"/> is null for objects of the whole cluster.</summary>
public readonly record struct NamespacedName(string? Namespace, string Name)
{
    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
