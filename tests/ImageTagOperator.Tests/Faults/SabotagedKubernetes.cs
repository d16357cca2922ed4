using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Scenarios;
using k8s;
using k8s.Models;

namespace ImageTagOperator.Tests.Faults;

/// <summary>An API client whose calls about sets and Secrets can be struck: those are the ones that reconciles make.</summary>
internal sealed class SabotagedKubernetes(KubernetesClient inner, Saboteur saboteur) : IKubernetesClient, IWriteNotifier
{
    public event Action<IKubernetesObject<V1ObjectMeta>>? Written
    {
        add => ((IWriteNotifier)inner).Written += value;
        remove => ((IWriteNotifier)inner).Written -= value;
    }

    public Task<TEntity?> GetAsync<TEntity>(string name, string? inNamespace, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        if (typeof(TEntity) == typeof(V1Secret)) saboteur.Call("read the Secret");
        return inner.GetAsync<TEntity>(name, inNamespace, cancellationToken);
    }

    public async Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var ready = World.Ready((V1Alpha1ImageTagSet)(object)entity)!;
        saboteur.Call($"write status {ready.Status} {ready.Reason}");
        var stored = await inner.UpdateStatusAsync(entity, cancellationToken);
        saboteur.NoteStatus(entity.Key().ToString(), $"{ready.Status} {ready.Reason}: {ready.Message}");
        return stored;
    }

    public Task<TEntity> PatchAsync<TEntity>(
        NamespacedName key, JsonObject mergePatch, string? subresource, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        if (typeof(TEntity) == typeof(V1Alpha1ImageTagSet)) saboteur.Call("write the finalizers");
        return inner.PatchAsync<TEntity>(key, mergePatch, subresource, cancellationToken);
    }

    public Task<TEntity> UpdateStatusAsync<TEntity>(TEntity entity, TEntity before, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => inner.UpdateStatusAsync(entity, before, cancellationToken);

    public Task<EntityList<TEntity>> ListAsync<TEntity>(string? inNamespace, ListOptions? options, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => inner.ListAsync<TEntity>(inNamespace, options, cancellationToken);

    public Task<TEntity> CreateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => inner.CreateAsync(entity, cancellationToken);

    public Task<TEntity> UpdateAsync<TEntity>(TEntity entity, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => inner.UpdateAsync(entity, cancellationToken);

    public Task DeleteAsync<TEntity>(NamespacedName key, string? uid, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => inner.DeleteAsync<TEntity>(key, uid, cancellationToken);

    public IAsyncEnumerable<WatchEvent<TEntity>> WatchAsync<TEntity>(
        string? inNamespace, string? resourceVersion, TimeSpan? timeout, CancellationToken cancellationToken)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> =>
            inner.WatchAsync<TEntity>(inNamespace, resourceVersion, timeout, cancellationToken);
}
