using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using k8s;
using k8s.Models;

namespace ImageTagOperator.Benchmarks.Simulation;

/// <summary>An API server in memory with one Secret and the sets, which is its own watch cache and queue. Thread-safe for writes to
/// different sets.</summary>
internal sealed class SimulatedCluster : IKubernetesClient, IEntityCache<V1Alpha1ImageTagSet>, IEntityQueue<V1Alpha1ImageTagSet>
{
    private readonly ConcurrentDictionary<string, V1Alpha1ImageTagSet> sets = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private Action<EntityChange<V1Alpha1ImageTagSet>> observers = static _ => { };

    public int SecretReads => secretReads;

    public int StatusWrites => statusWrites;

    /// <summary>Sets that were queued because another set or the cloud changed.</summary>
    public ConcurrentQueue<NamespacedName> Queued { get; } = new();

    public bool IsSynced => true;

    public IReadOnlyCollection<V1Alpha1ImageTagSet> All => [.. sets.Values];

    private int secretReads;
    private int statusWrites;

    public void Add(string name, ImageTagSetSpec spec)
    {
        var set = new V1Alpha1ImageTagSet
        {
            Metadata = new() { Name = name, NamespaceProperty = "images", Uid = name, Generation = 1, ResourceVersion = "1",
                CreationTimestamp = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc) },
            Spec = spec,
        };
        sets[name] = set;
        lock (gate) observers(new(WatchEventType.Added, set, null));
    }

    public void ResetCounts() => (secretReads, statusWrites) = (0, 0);

    public V1Alpha1ImageTagSet? TryGet(NamespacedName key) => sets.TryGetValue(key.Name, out var set) ? Copy(set) : null;

    public IDisposable Subscribe(Action<EntityChange<V1Alpha1ImageTagSet>> observer)
    {
        observers += observer;
        return new MemoryStream();      // nothing to end
    }

    public void Enqueue(NamespacedName key, TimeSpan after = default) => Queued.Enqueue(key);

    public Task<TEntity?> GetAsync<TEntity>(string name, string? inNamespace, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        Interlocked.Increment(ref secretReads);
        var secret = new V1Secret { Metadata = new() { Name = name, NamespaceProperty = inNamespace },
            Data = new Dictionary<string, byte[]> { ["clouds.yaml"] = Encoding.UTF8.GetBytes(SimulatedCloud.CloudsYaml) } };
        return Task.FromResult(secret as TEntity);
    }

    public Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        Interlocked.Increment(ref statusWrites);
        var changed = Copy((V1Alpha1ImageTagSet)(object)entity);
        var before = sets[changed.Metadata.Name!];
        changed.Metadata.ResourceVersion = $"{int.Parse(before.Metadata.ResourceVersion!, null) + 1}";
        sets[changed.Metadata.Name!] = changed;
        lock (gate) observers(new(WatchEventType.Modified, changed, before));
        return Task.FromResult((TEntity)(object)Copy(changed));
    }

    public Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, TEntity before, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<TEntity> PatchAsync<TEntity>(
        NamespacedName key, JsonObject mergePatch, string? subresource, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<EntityList<TEntity>> ListAsync<TEntity>(string? inNamespace, ListOptions? options, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<TEntity> CreateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task<TEntity> UpdateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public Task DeleteAsync<TEntity>(NamespacedName key, string? uid, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    public IAsyncEnumerable<WatchEvent<TEntity>> WatchAsync<TEntity>(
        string? inNamespace, string? resourceVersion, TimeSpan? timeout, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotSupportedException();

    private static V1Alpha1ImageTagSet Copy(V1Alpha1ImageTagSet set) =>
        JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(set, ImageTagSetJson.Default.V1Alpha1ImageTagSet),
            ImageTagSetJson.Default.V1Alpha1ImageTagSet)!;
}
