using System.Collections.Immutable;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Which sets have an interest in which images. Follows the cache, on replicas that only stand by too, and each reconcile enters its
/// images as soon as it knows them, so that of two sets that meet on one image at least the second sees the first. Safe for concurrent
/// use.</summary>
public sealed class ClaimBook : IDisposable
{
    /// <param name="Endpoint">The Image API; null when it is not known yet, which stands for any.</param>
    /// <param name="Cached">Images by the spec and the status that the API server has.</param>
    /// <param name="Entered">Images that a reconcile of this generation found, and thereby all that the set claims; null before the first.</param>
    /// <param name="Kept">Of the images that only a status from before an edit names, the declared tags that the set manages there: whether it
    /// still applies to them is not known, and a tag left to a set that never takes it over would stay for good. Null when there are none.</param>
    private sealed record Entry(
        long? Generation, string? Endpoint, ImageClaim Claim, ImmutableHashSet<string> Cached, ImmutableHashSet<string>? Entered, Dictionary<string, string[]>? Kept)
    {
        public ImmutableHashSet<string> Images => Entered ?? Cached;

        public ImageClaim On(string imageId) => Entered is null && Kept?.TryGetValue(imageId, out var tags) == true ? Claim with { Tags = tags } : Claim;
    }

    private static readonly ImmutableHashSet<string> NoImages = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, Entry> entries = [];
    private readonly Dictionary<NamespacedName, long?> generations = [];
    private readonly Dictionary<string, ImmutableHashSet<NamespacedName>> byImage = new(StringComparer.OrdinalIgnoreCase);
    private readonly IEntityQueue<V1Alpha1ImageTagSet> queue;
    private readonly IDisposable subscription;

    public ClaimBook(IEntityCache<V1Alpha1ImageTagSet> cache, IEntityQueue<V1Alpha1ImageTagSet> queue)
    {
        this.queue = queue;
        subscription = cache.Subscribe(OnChange);
    }

    /// <summary>Notes what a reconcile found. Sets that share one of the images are looked at again if this is news. A reconcile that was
    /// overtaken by an edit or a deletion has nothing to say any more: its claim would keep the tags of others on an image for good.</summary>
    public void Enter(V1Alpha1ImageTagSet set, string endpoint, IEnumerable<string> imageIds) => Change(
        set.Key(),
        old => generations.GetValueOrDefault(set.Key()) > set.Metadata.Generation ? old : MakesClaims(set) ? new Entry(set.Metadata.Generation, endpoint, ClaimOf(set), old?.Cached ?? NoImages, NoImages.Union(imageIds), null) : null);

    /// <summary>The claims of others on an image.</summary>
    public IReadOnlyList<ImageClaim> Others(NamespacedName self, string endpoint, string imageId)
    {
        lock (gate)
        {
            return byImage.TryGetValue(imageId, out var owners)
                ? [.. owners.Where(owner => owner != self).Select(owner => entries[owner]).Where(entry => entry.Endpoint is null || entry.Endpoint == endpoint).Select(entry => entry.On(imageId))]
                : [];
        }
    }

    /// <summary>Whether the set was edited or deleted since this was read. One that is being deleted is on its last way, which nothing overtakes.</summary>
    public bool IsOvertaken(V1Alpha1ImageTagSet set)
    {
        if (!MakesClaims(set)) return false;
        lock (gate) return !entries.ContainsKey(set.Key()) || generations.GetValueOrDefault(set.Key()) > set.Metadata.Generation;
    }

    public void Dispose() => subscription.Dispose();

    private void OnChange(EntityChange<V1Alpha1ImageTagSet> change)
    {
        var set = change.Entity;
        var ids = NoImages.Union((set.Status.Images ?? []).Select(image => image.Id));
        if (set.Spec.Image.Id is { } id) ids = ids.Add(id);
        var kept = set.Status.ObservedGeneration == set.Metadata.Generation ? null : (set.Status.Images ?? [])
            .Where(image => !string.Equals(image.Id, set.Spec.Image.Id, StringComparison.OrdinalIgnoreCase))
            .ToDictionary(image => image.Id, image => set.Spec.Tags.Intersect(image.ManagedTags ?? []).ToArray(), StringComparer.OrdinalIgnoreCase);
        var isGone = change.Type == WatchEventType.Deleted;
        Change(set.Key(), old =>
        {
            if (isGone) generations.Remove(set.Key());
            else generations[set.Key()] = set.Metadata.Generation;
            return isGone || !MakesClaims(set) ? null : new Entry(
                set.Metadata.Generation,
                set.Status.ImageEndpoint ?? old?.Endpoint,
                ClaimOf(set),
                ids,
                old?.Generation == set.Metadata.Generation ? old!.Entered : null,
                kept);
        });
    }

    /// <summary>Who only looks, or is about to go, keeps nobody from anything.</summary>
    private static bool MakesClaims(V1Alpha1ImageTagSet set) => set.Spec.Mode != TagSetMode.Observe && !set.IsTerminating();

    private static ImageClaim ClaimOf(V1Alpha1ImageTagSet set) => new(
        set.Key().ToString(), set.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue, set.Spec.Policy, [.. set.Spec.Tags.Order(StringComparer.Ordinal)]);

    private void Change(NamespacedName owner, Func<Entry?, Entry?> change)
    {
        var touched = new HashSet<NamespacedName>();
        lock (gate)
        {
            var old = entries.GetValueOrDefault(owner);
            var current = change(old);
            var (before, after) = (old?.Images ?? NoImages, current?.Images ?? NoImages);
            var news = old is null || current is null || !SameClaim(old, current);
            foreach (var id in before.Except(after))
            {
                touched.UnionWith(byImage[id]);
                var left = byImage[id].Remove(owner);
                if (left.IsEmpty) byImage.Remove(id);
                else byImage[id] = left;
            }

            foreach (var id in after)
            {
                var owners = byImage.GetValueOrDefault(id, []);
                if (news || !owners.Contains(owner)) touched.UnionWith(owners);
                byImage[id] = owners.Add(owner);
            }

            if (current is null) entries.Remove(owner);
            else entries[owner] = current;
        }

        touched.Remove(owner);
        foreach (var other in touched) queue.Enqueue(other);
    }

    private static bool SameClaim(Entry left, Entry right) =>
        left.Kept is null == right.Kept is null && left.Endpoint == right.Endpoint && left.Claim with { Tags = right.Claim.Tags } == right.Claim && left.Claim.Tags.SequenceEqual(right.Claim.Tags);
}
