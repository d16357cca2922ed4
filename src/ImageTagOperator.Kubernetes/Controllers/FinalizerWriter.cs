using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>Adds and removes our finalizers and keeps those of others: each write carries the resourceVersion that it is based
/// on.</summary>
internal sealed class FinalizerWriter<TEntity>(IKubernetesClient client)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Adds the missing finalizers.</summary>
    /// <returns>The updated object; null when it was deleted.</returns>
    /// <exception cref="KubernetesException">The object was changed meanwhile (409): retry with the version from the watch.</exception>
    public Task<TEntity?> AddAsync(TEntity entity, IReadOnlyList<string> identifiers, CancellationToken cancellationToken) =>
        WriteAsync(entity, [.. Of(entity), .. identifiers.Except(Of(entity))], cancellationToken);

    /// <summary>Removes a finalizer. An object that is already deleted is not an error.</summary>
    /// <returns>The updated object; null when it was deleted.</returns>
    /// <exception cref="KubernetesException">The object was changed meanwhile (409): retry with the version from the watch.</exception>
    public Task<TEntity?> RemoveAsync(TEntity entity, string identifier, CancellationToken cancellationToken) =>
        WriteAsync(entity, [.. Of(entity).Where(name => name != identifier)], cancellationToken);

    private static IList<string> Of(TEntity entity) => entity.Metadata.Finalizers ?? [];

    private async Task<TEntity?> WriteAsync(TEntity entity, string[] wanted, CancellationToken cancellationToken)
    {
        if (wanted.SequenceEqual(Of(entity))) return entity;
        var metadata = new JsonObject { ["resourceVersion"] = entity.Metadata.ResourceVersion,
            ["finalizers"] = new JsonArray([.. wanted]) };
        try
        {
            return await client.PatchAsync<TEntity>(entity.Key(), new JsonObject { ["metadata"] = metadata }, null, cancellationToken);
        }
        catch (KubernetesException error) when (error.IsNotFound)
        {
            return null;
        }
    }
}
