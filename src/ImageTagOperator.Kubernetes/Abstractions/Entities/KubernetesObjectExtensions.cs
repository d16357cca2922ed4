namespace ImageTagOperator.Kubernetes.Abstractions;

public static class KubernetesObjectExtensions
{
    /// <summary>The key that the cache and the queue know the object by.</summary>
    public static NamespacedName Key(this IKubernetesObject<V1ObjectMeta> entity) =>
        new(string.IsNullOrEmpty(entity.Metadata.NamespaceProperty) ? null : entity.Metadata.NamespaceProperty, entity.Metadata.Name ?? "");

    /// <summary>Deletion was asked for: only finalizers still run.</summary>
    public static bool IsTerminating(this IKubernetesObject<V1ObjectMeta> entity) => entity.Metadata.DeletionTimestamp is not null;
}
