using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Typed access to the API server. Thread-safe. All methods throw <see cref="KubernetesException"/> when the server rejects the
/// request, <see cref="HttpRequestException"/> when it cannot be reached and <see cref="TimeoutException"/> when it does not answer in
/// time.</summary>
public interface IKubernetesClient
{
    /// <summary>Reads an object; null when there is none (404).</summary>
    Task<TEntity?> GetAsync<TEntity>(string name, string? inNamespace = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Lists all objects of a namespace, or of all namespaces when <paramref name="inNamespace"/> is null, in pages.</summary>
    Task<EntityList<TEntity>> ListAsync<TEntity>(
        string? inNamespace = null, ListOptions? options = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Creates the object and returns what the server stored.</summary>
    Task<TEntity> CreateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Replaces the object; the status of a custom resource is kept. Fields that the class does not have are lost, so use a patch
    /// for foreign kinds. The server answers 409 when the object was changed since <paramref name="entity"/> was read.</summary>
    Task<TEntity> UpdateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Replaces the status. <paramref name="entity"/> gets the new resourceVersion, so that it can be written again. The server
    /// answers 409 when the object was changed since it was read.</summary>
    Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Like <see cref="UpdateStatusAsync{TEntity}(TEntity, CancellationToken)"/>, but sends nothing when the status equals that of
    /// <paramref name="before"/>.</summary>
    Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, TEntity before, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Sends a JSON merge patch (RFC 7386). If it contains <c>metadata.resourceVersion</c>, the server answers 409 when the object
    /// was changed meanwhile.</summary>
    /// <param name="subresource">The subresource, such as <c>status</c>.</param>
    Task<TEntity> PatchAsync<TEntity>(
        NamespacedName key, JsonObject mergePatch, string? subresource = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Deletes the object, if it exists.</summary>
    /// <param name="uid">If given, only the object with this uid is deleted; 409 when another one has the name now.</param>
    Task DeleteAsync<TEntity>(NamespacedName key, string? uid = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Watches from just after <paramref name="resourceVersion"/> until the server ends the watch. An ERROR event is thrown as
    /// <see cref="KubernetesException"/>.</summary>
    /// <param name="timeout">When the server should end the watch; soon after, the client does. Null for 5 to 10 minutes.</param>
    IAsyncEnumerable<WatchEvent<TEntity>> WatchAsync<TEntity>(
        string? inNamespace, string? resourceVersion, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;
}
