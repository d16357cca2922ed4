using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Memory;

/// <summary>All sets, found by the images that they mean or have in their status. Follows the cache, on replicas that only stand by too,
/// and has the sets that share an image looked at again when one of them comes, goes or changes what it has there. Safe for concurrent
/// use.</summary>
public sealed class SetRegistry : IDisposable
{
    private static readonly ImmutableHashSet<string> NoImages = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whoever edits its sets all the time has those of other namespaces looked at no more often than this.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, RegisteredSet> sets = [];
    private readonly SetIndex byName = new(StringComparer.Ordinal);
    private readonly SetIndex byImage = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<NamespacedName> selecting = [];
    private readonly Dictionary<(string?, CloudCredentialsRef), SortedDictionary<long, RegisteredSet>> unread = [];
    private readonly IEntityQueue<V1Alpha1ImageTagSet> queue;
    private readonly TimeProvider time;
    private readonly IDisposable subscription;
    private long number;

    public SetRegistry(IEntityCache<V1Alpha1ImageTagSet> cache, IEntityQueue<V1Alpha1ImageTagSet> queue, TimeProvider time)
    {
        (this.queue, this.time) = (queue, time);
        subscription = cache.Subscribe(OnChange);
    }

    /// <summary>The registered generation that this is; one that is superseded when there is another by now.</summary>
    public RegisteredSet Of(V1Alpha1ImageTagSet set)
    {
        RegisteredSet? known;
        lock (gate) known = sets.GetValueOrDefault(set.Key());
        if (known?.IsFor(set) == true) return known;
        var now = time.GetUtcNow();
        var stray = new RegisteredSet(set, known?.IsOf(set) == true ? known.Memory : new SetMemory(), now) { EditedAt = now };
        // One that is being deleted is on its last way, which nothing supersedes.
        if (!set.IsTerminating()) stray.Supersede();
        return stray;
    }

    /// <summary>The sets that mean the image, or may if its properties are not known, or have it in their status.</summary>
    public IReadOnlyList<RegisteredSet> Concerning(ImageFacts image)
    {
        RegisteredSet[] known, candidates;
        lock (gate)
        {
            var keys = byImage[image.Id].Union(byName[image.Name ?? ""]);
            known = [.. keys.Select(key => sets[key])];
            candidates = [.. selecting.Where(key => !keys.Contains(key)).Select(key => sets[key])];
        }

        // Not under the lock: anybody can have thousands of globs.
        return [.. known, .. candidates.Where(set => set.MayMean(image))];
    }

    public RegisteredSet? Find(NamespacedName key)
    {
        lock (gate) return sets.GetValueOrDefault(key);
    }

    /// <summary>The set's images are read now.</summary>
    public void MarkRead(RegisteredSet set)
    {
        lock (gate) NoLongerUnread(set);
    }

    /// <summary>Up to so many sets with these credentials whose images were never read, in the order in which they became known: they are
    /// about to be. Each is given once.</summary>
    public IReadOnlyList<RegisteredSet> TakeUnread(string? inNamespace, CloudCredentialsRef credentials, int most)
    {
        lock (gate)
        {
            RegisteredSet[] next = [.. unread.GetValueOrDefault((inNamespace, credentials))?.Values.Take(most) ?? []];
            foreach (var set in next) NoLongerUnread(set);
            return next;
        }
    }

    public void Dispose() => subscription.Dispose();

    private void OnChange(EntityChange<V1Alpha1ImageTagSet> change)
    {
        var key = change.Entity.Key();
        HashSet<NamespacedName> woken = [];
        lock (gate)
        {
            var known = sets.GetValueOrDefault(key);
            var before = known?.Set;
            var after = change.Type == WatchEventType.Deleted ? null : change.Entity;
            Index(key, before, after);
            if (known is not null && after is not null && known.IsFor(after))
            {
                var isAskedFor = V1Alpha1ImageTagSet.RequestedAt(known.Set) != V1Alpha1ImageTagSet.RequestedAt(after);
                if (isAskedFor) known.ChangedAt = known.EditedAt = time.GetUtcNow();
                known.Set = after;
            }
            else
            {
                if (known is not null)
                {
                    known.Supersede();
                    NoLongerUnread(known);
                }

                if (after is null) sets.Remove(key);
                else Register(key, after, known?.IsOf(after) == true ? known.Memory : null);
            }

            Wake(key, before, after, woken);
        }

        foreach (var other in woken) queue.Enqueue(other, other.Namespace == key.Namespace ? TimeSpan.Zero : Pause);
    }

    /// <param name="memory">Of its earlier generations; null: it has none.</param>
    private void Register(NamespacedName key, V1Alpha1ImageTagSet entity, SetMemory? memory)
    {
        var now = time.GetUtcNow();
        var set = new RegisteredSet(entity, memory ?? new SetMemory(), now) { Number = ++number };
        if (memory is not null) set.EditedAt = now;
        sets[key] = set;
        if (set.Spec.Suspend || set.Set.IsTerminating()) return;
        ref var others = ref CollectionsMarshal.GetValueRefOrAddDefault(unread, (key.Namespace, set.Spec.CloudCredentialsRef), out _);
        (others ??= []).Add(set.Number, set);
    }

    private void NoLongerUnread(RegisteredSet set)
    {
        var credentials = (set.Key.Namespace, set.Spec.CloudCredentialsRef);
        if (unread.TryGetValue(credentials, out var others) && others.Remove(set.Number) && others.Count == 0) unread.Remove(credentials);
    }

    private void Index(NamespacedName key, V1Alpha1ImageTagSet? before, V1Alpha1ImageTagSet? after)
    {
        byImage.Move(key, ImagesOf(before), ImagesOf(after));
        byName.Move(key, NamesOf(before), NamesOf(after));
        if (after?.Spec.Image.Selector is not null) selecting.Add(key);
        else selecting.Remove(key);
    }

    /// <summary>Who has one of the images is looked at when the set's say on it comes, goes or changes; else only who gives up a tag that
    /// the set has taken over.</summary>
    private void Wake(NamespacedName key, V1Alpha1ImageTagSet? before, V1Alpha1ImageTagSet? after, HashSet<NamespacedName> woken)
    {
        var (old, current) = (ImagesOf(before), ImagesOf(after));
        var isNews = before is null || after is null || before.Metadata.Uid != after.Metadata.Uid
            || before.Metadata.Generation != after.Metadata.Generation || before.IsTerminating() != after.IsTerminating();
        foreach (var id in isNews ? old.Union(current) : old.SymmetricExcept(current)) woken.UnionWith(byImage[id]);
        if (!isNews)
        {
            foreach (var id in old.Intersect(current))
            {
                var (was, has) = (StateOf(before!, id), StateOf(after!, id));
                if (was?.Reason != has?.Reason && (IsRefused(was) || IsRefused(has))) woken.UnionWith(byImage[id]);
                var taken = TakenOver(after!, has).Except(TakenOver(before!, was)).ToArray();
                if (taken.Length > 0) woken.UnionWith(byImage[id].Where(other => GivesUp(sets[other].Set, id, taken)));
            }
        }

        woken.Remove(key);
    }

    private static bool GivesUp(V1Alpha1ImageTagSet set, string id, string[] tags) =>
        StateOf(set, id)?.ManagedTags?.Intersect(tags) is { } shared
        && (set.IsTerminating() || StateOf(set, id)!.Leaving is not null ? shared : shared.Except(set.Spec.Tags)).Any();

    private static IReadOnlyList<string> TakenOver(V1Alpha1ImageTagSet set, ImageState? state) => set.Status.IsUnderWay() ? []
        : state?.ManagedTags ?? [];

    private static bool IsRefused(ImageState? state) => state?.Reason == Reason.Forbidden.Name;

    private static ImageState? StateOf(V1Alpha1ImageTagSet set, string id) =>
        set.Status.Images?.FirstOrDefault(image => string.Equals(image.Id, id, StringComparison.OrdinalIgnoreCase));

    private static ImmutableHashSet<string> ImagesOf(V1Alpha1ImageTagSet? set)
    {
        if (set is null) return NoImages;
        var ids = NoImages.Union((set.Status.Images ?? []).Select(image => image.Id));
        return set.Spec.Image.Id is { } id ? ids.Add(id) : ids;
    }

    private static ImmutableHashSet<string> NamesOf(V1Alpha1ImageTagSet? set) => set?.Spec.Image.Name is { } name ? [name] : [];
}
