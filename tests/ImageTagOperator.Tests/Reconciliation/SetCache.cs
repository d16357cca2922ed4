using ImageTagOperator.Entities;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>A cache and a queue without a cluster.</summary>
internal sealed class SetCache : IEntityCache<V1Alpha1ImageTagSet>, IEntityQueue<V1Alpha1ImageTagSet>
{
    private readonly List<string> queued = [];
    private Action<EntityChange<V1Alpha1ImageTagSet>> observer = _ => { };

    public bool IsSynced => true;

    public IReadOnlyCollection<V1Alpha1ImageTagSet> All { get; init; } = [];

    public V1Alpha1ImageTagSet? TryGet(NamespacedName key) => null;

    public IDisposable Subscribe(Action<EntityChange<V1Alpha1ImageTagSet>> observer)
    {
        this.observer = observer;
        return new MemoryStream();
    }

    public void Publish(WatchEventType type, V1Alpha1ImageTagSet set) => observer(new EntityChange<V1Alpha1ImageTagSet>(type, set, null));

    public void Enqueue(NamespacedName key, TimeSpan after = default)
    {
        queued.Add(key.ToString());
        LastPause = after;
    }

    /// <summary>The delay of the set that was queued last.</summary>
    public TimeSpan LastPause { get; private set; }

    /// <summary>The sets that were queued since the last call.</summary>
    public string[] TakeQueued()
    {
        var taken = queued.Distinct().Order().ToArray();
        queued.Clear();
        return taken;
    }
}
