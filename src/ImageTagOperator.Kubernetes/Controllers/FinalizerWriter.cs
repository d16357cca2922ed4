using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes;

/// <summary>Adds and removes our finalizers, and never touches another's: each write is guarded by the resourceVersion that it was made
/// from.</summary>
internal sealed class FinalizerWriter<TEntity>(IKubernetesClient client)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private const int Attempts = 5;

    /// <summary>Puts the missing ones on the object.</summary>
    /// <returns>The object as it is now; null when it is gone or terminating by now.</returns>
    public Task<TEntity?> AddAsync(TEntity entity, IReadOnlyList<string> identifiers, CancellationToken cancellationToken) => WriteAsync(
        entity,
        current => current.IsTerminating() ? null : [.. Of(current), .. identifiers.Except(Of(current))],
        cancellationToken);

    /// <summary>Takes one off the object. An object that is gone is fine.</summary>
    /// <returns>The object as it is now; null when it is gone.</returns>
    public Task<TEntity?> RemoveAsync(TEntity entity, string identifier, CancellationToken cancellationToken) => WriteAsync(
        entity, current => [.. Of(current).Where(name => name != identifier)], cancellationToken);

    private static IList<string> Of(TEntity entity) => entity.Metadata.Finalizers ?? [];

    /// <param name="change">The list that should be there; null: leave the object alone, and give back null.</param>
    private async Task<TEntity?> WriteAsync(TEntity entity, Func<TEntity, IReadOnlyList<string>?> change, CancellationToken cancellationToken)
    {
        var current = entity;
        for (var attempt = 1; ; attempt++)
        {
            if (change(current) is not { } wanted) return null;
            if (wanted.SequenceEqual(Of(current))) return current;
            var metadata = new JsonObject { ["resourceVersion"] = current.Metadata.ResourceVersion, ["finalizers"] = new JsonArray([.. wanted]) };
            try
            {
                return await client.PatchAsync<TEntity>(entity.Key(), new JsonObject { ["metadata"] = metadata }, null, cancellationToken);
            }
            catch (KubernetesException error) when (error.IsNotFound)
            {
                return null;
            }
            catch (KubernetesException error) when (error.IsConflict && attempt < Attempts)
            {
                var fresh = await client.GetAsync<TEntity>(entity.Metadata.Name ?? "", entity.Metadata.Namespace, cancellationToken);
                if (fresh is null || fresh.Metadata.Uid != entity.Metadata.Uid) return null;
                current = fresh;
            }
        }
    }
}
