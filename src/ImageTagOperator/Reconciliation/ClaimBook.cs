using System.Collections.Immutable;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Which sets have an interest in which images. Filled from the cache before the first reconcile, and by each reconcile as soon as
/// it knows its images, so that of two sets that meet on one image at least the second sees the first. Safe for concurrent use.</summary>
public sealed class ClaimBook : IDisposable
{
    private sealed record Entry(string? Endpoint, ImageClaim Claim);

    private readonly Lock gate = new();
    private readonly Dictionary<string, ImmutableDictionary<NamespacedName, Entry>> byImage = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<NamespacedName, ImmutableArray<string>> byOwner = [];
    private readonly IEntityQueue<V1Alpha1ImageTagSet> queue;
    private readonly IDisposable subscription;

    public ClaimBook(IEntityCache<V1Alpha1ImageTagSet> cache, IEntityQueue<V1Alpha1ImageTagSet> queue)
    {
        this.queue = queue;
        subscription = cache.Subscribe(OnChange);
    }

    /// <summary>Notes what a set wants of its images. Sets that share one of them are looked at again if this is news.</summary>
    /// <param name="endpoint">The Image API; null when it is not known yet, which stands for any.</param>
    public void Enter(V1Alpha1ImageTagSet set, string? endpoint, IReadOnlyCollection<string> imageIds)
    {
        var owner = set.Key();
        // Who only looks, or is about to go, keeps nobody from anything.
        if (set.Spec.Mode == TagSetMode.Observe || set.IsTerminating()) imageIds = [];
        var claim = new ImageClaim(owner.ToString(), set.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue, set.Spec.Policy, [.. set.Spec.Tags.Order(StringComparer.Ordinal)]);
        Replace(owner, new Entry(endpoint, claim), imageIds);
    }

    /// <summary>The claims of others on an image.</summary>
    public IReadOnlyList<ImageClaim> Others(NamespacedName self, string endpoint, string imageId)
    {
        lock (gate)
        {
            return byImage.TryGetValue(imageId, out var entries)
                ? [.. entries.Where(entry => entry.Key != self && (entry.Value.Endpoint is null || entry.Value.Endpoint == endpoint)).Select(entry => entry.Value.Claim)]
                : [];
        }
    }

    public void Dispose() => subscription.Dispose();

    private void OnChange(EntityChange<V1Alpha1ImageTagSet> change)
    {
        var set = change.Entity;
        if (change.Type == WatchEventType.Deleted || set.IsTerminating())
        {
            Replace(set.Key(), null, []);
        }
        else if (change.Type == WatchEventType.Added)
        {
            var ids = (set.Status.Images ?? []).Select(image => image.Id).Append(set.Spec.Image.Id ?? "").Where(id => id.Length > 0).Distinct().ToArray();
            Enter(set, set.Status.ImageEndpoint, ids);
        }

        // A modified set tells us itself when it is reconciled.
    }

    private void Replace(NamespacedName owner, Entry? entry, IReadOnlyCollection<string> imageIds)
    {
        var touched = new HashSet<NamespacedName>();
        lock (gate)
        {
            var before = byOwner.GetValueOrDefault(owner, []);
            foreach (var id in before.Where(id => !imageIds.Contains(id, StringComparer.OrdinalIgnoreCase)))
            {
                var left = byImage[id].Remove(owner);
                touched.UnionWith(left.Keys);
                if (left.IsEmpty) byImage.Remove(id);
                else byImage[id] = left;
            }

            foreach (var id in imageIds)
            {
                var entries = byImage.GetValueOrDefault(id, ImmutableDictionary<NamespacedName, Entry>.Empty);
                if (entries.TryGetValue(owner, out var old) && Same(old, entry!)) continue;
                touched.UnionWith(entries.Keys);
                byImage[id] = entries.SetItem(owner, entry!);
            }

            if (imageIds.Count == 0) byOwner.Remove(owner);
            else byOwner[owner] = [.. imageIds];
        }

        touched.Remove(owner);
        foreach (var other in touched) queue.Enqueue(other);
    }

    private static bool Same(Entry left, Entry right) =>
        left.Endpoint == right.Endpoint
        && left.Claim with { Tags = right.Claim.Tags } == right.Claim
        && left.Claim.Tags.SequenceEqual(right.Claim.Tags);
}
