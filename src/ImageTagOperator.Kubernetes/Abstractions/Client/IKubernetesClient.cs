using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Typed access to the API server. Safe for concurrent use. Everything here throws <see cref="KubernetesException"/> when the
/// server
/// refuses, <see cref="HttpRequestException"/> when it cannot be reached and <see cref="TimeoutException"/> when it does not answer in
/// time.</summary>
public interface IKubernetesClient
{
    /// <summary>The object, or null when there is none (404).</summary>
    Task<TEntity?> GetAsync<TEntity>(string name, string? inNamespace = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>All objects of a namespace, or of all namespaces when <paramref name="inNamespace"/> is null, read in pages.</summary>
    Task<EntityList<TEntity>> ListAsync<TEntity>(
        string? inNamespace = null, ListOptions? options = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Creates the object and gives back what the server stored.</summary>
    Task<TEntity> CreateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Replaces the object; the status of a custom resource stays as it was. Fields that the class does not know are lost:
    /// to change one field of a foreign kind, patch it. 409 when somebody else wrote since <paramref name="entity"/> was read.</summary>
    Task<TEntity> UpdateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Replaces the status. <paramref name="entity"/> gets the new resourceVersion, so that it can be written again;
    /// 409 when somebody else wrote since it was read.</summary>
    Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>As <see cref="UpdateStatusAsync{TEntity}(TEntity, CancellationToken)"/>, but sends nothing when the status is that of
    /// <paramref name="before"/>.</summary>
    Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, TEntity before, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Sends a JSON merge patch (RFC 7386). With <c>metadata.resourceVersion</c> in it, 409 when somebody else wrote
    /// meanwhile.</summary>
    /// <param name="subresource">Such as <c>status</c>.</param>
    Task<TEntity> PatchAsync<TEntity>(
        NamespacedName key, JsonObject mergePatch, string? subresource = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>Deletes the object, if it is there.</summary>
    /// <param name="uid">When given, only the object with this uid is deleted; 409 when another one has the name by now.</param>
    Task DeleteAsync<TEntity>(NamespacedName key, string? uid = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;

    /// <summary>One watch, from just after <paramref name="resourceVersion"/> until the server ends it. An ERROR in the stream is thrown as
    /// <see cref="KubernetesException"/>.</summary>
    /// <param name="timeout">The server is told to end the watch then; soon after, the client does. 5 to 10 minutes when null.</param>
    IAsyncEnumerable<WatchEvent<TEntity>> WatchAsync<TEntity>(
        string? inNamespace, string? resourceVersion, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>;
}
