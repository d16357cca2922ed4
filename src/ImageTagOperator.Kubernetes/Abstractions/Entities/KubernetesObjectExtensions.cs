namespace ImageTagOperator.Kubernetes.Abstractions;

public static class KubernetesObjectExtensions
{
    /// <summary>The key of the object in the cache and the queue.</summary>
    public static NamespacedName Key(this IKubernetesObject<V1ObjectMeta> entity) =>
        new(string.IsNullOrEmpty(entity.Metadata.NamespaceProperty) ? null : entity.Metadata.NamespaceProperty, entity.Metadata.Name ?? "");

    /// <summary>Whether deletion was requested, so that only finalizers still run.</summary>
    public static bool IsTerminating(this IKubernetesObject<V1ObjectMeta> entity) => entity.Metadata.DeletionTimestamp is not null;
}
