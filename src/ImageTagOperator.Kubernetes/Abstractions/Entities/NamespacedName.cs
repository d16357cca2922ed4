namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The name of an object within its kind. <see cref="Namespace"/> is null for cluster-scoped objects.</summary>
public readonly record struct NamespacedName(string? Namespace, string Name)
{
    /// <summary>Parses the result of <see cref="ToString"/>.</summary>
    public static NamespacedName Parse(string text) => text.Split('/', 2) is [var first, var second] ? new(first, second) : new(null, text);

    public override string ToString() => Namespace is null ? Name : $"{Namespace}/{Name}";
}
