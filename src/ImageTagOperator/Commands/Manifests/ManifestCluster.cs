using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using k8s;
using k8s.Models;

namespace ImageTagOperator.Commands;

/// <summary>Stands in for the cluster, so that the operator's controller works on manifests: the sets are those of the manifests, a status is
/// kept for as long as the command runs, and nothing else is there.</summary>
internal sealed class ManifestCluster(IReadOnlyCollection<V1Alpha1ImageTagSet> sets)
    : IKubernetesClient, IEntityCache<V1Alpha1ImageTagSet>, IEntityQueue<V1Alpha1ImageTagSet>
{
    public bool IsSynced => true;

    public IReadOnlyCollection<V1Alpha1ImageTagSet> All => sets;

    public V1Alpha1ImageTagSet? TryGet(NamespacedName key) => sets.FirstOrDefault(set => set.Key() == key);

    public IDisposable Subscribe(Action<EntityChange<V1Alpha1ImageTagSet>> observer)
    {
        foreach (var set in sets) observer(new EntityChange<V1Alpha1ImageTagSet>(WatchEventType.Added, set, null));
        return new MemoryStream();      // nothing changes from here on, so there is nothing to end
    }

    /// <summary>Each set is looked at once.</summary>
    public void Enqueue(NamespacedName key, TimeSpan after = default)
    {
    }

    public Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(entity);

    public Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, TEntity before, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => Task.FromResult(entity);

    public Task<TEntity?> GetAsync<TEntity>(string name, string? inNamespace = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw NotHere();

    public Task<EntityList<TEntity>> ListAsync<TEntity>(string? inNamespace = null, ListOptions? options = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw NotHere();

    public Task<TEntity> CreateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw NotHere();

    public Task<TEntity> UpdateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw NotHere();

    public Task<TEntity> PatchAsync<TEntity>(NamespacedName key, JsonObject mergePatch, string? subresource = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw NotHere();

    public Task DeleteAsync<TEntity>(NamespacedName key, string? uid = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw NotHere();

    public IAsyncEnumerable<WatchEvent<TEntity>> WatchAsync<TEntity>(
        string? inNamespace, string? resourceVersion, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw NotHere();

    private static NotSupportedException NotHere() => new("There is no cluster behind manifests.");
}
