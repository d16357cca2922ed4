using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>Adds and removes our finalizers, and never touches another's: each write is guarded by the resourceVersion that it was made
/// from.</summary>
internal sealed class FinalizerWriter<TEntity>(IKubernetesClient client)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>Puts the missing ones on the object.</summary>
    /// <returns>The object as it is now; null when it is gone.</returns>
    /// <exception cref="KubernetesException">Somebody else wrote meanwhile (409): to be tried again with what the watch brings.</exception>
    public Task<TEntity?> AddAsync(TEntity entity, IReadOnlyList<string> identifiers, CancellationToken cancellationToken) =>
        WriteAsync(entity, [.. Of(entity), .. identifiers.Except(Of(entity))], cancellationToken);

    /// <summary>Takes one off the object. An object that is gone is fine.</summary>
    /// <returns>The object as it is now; null when it is gone.</returns>
    /// <exception cref="KubernetesException">Somebody else wrote meanwhile (409): to be tried again with what the watch brings.</exception>
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
