using ImageTagOperator.Entities;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>Replaces the cluster: it contains the sets of the manifests, and keeps statuses only in memory.</summary>
internal sealed class ManifestCluster(IReadOnlyCollection<V1Alpha1ImageTagSet> sets)
    : IEntityCache<V1Alpha1ImageTagSet>, IEntityQueue<V1Alpha1ImageTagSet>, IStatusStore
{
    public bool IsSynced => true;

    public IReadOnlyCollection<V1Alpha1ImageTagSet> All => sets;

    public V1Alpha1ImageTagSet? TryGet(NamespacedName key) => sets.FirstOrDefault(set => set.Key() == key);

    public IDisposable Subscribe(Action<EntityChange<V1Alpha1ImageTagSet>> observer)
    {
        foreach (var set in sets) observer(new EntityChange<V1Alpha1ImageTagSet>(WatchEventType.Added, set, null));
        return new MemoryStream();      // nothing changes after this, so there is nothing to unsubscribe
    }

    /// <summary>Does nothing, because each set is reconciled once.</summary>
    public void Enqueue(NamespacedName key, TimeSpan after = default)
    {
    }

    public Task<V1Alpha1ImageTagSet> SaveAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken) => Task.FromResult(set);
}
