using System.Collections.Immutable;
using System.Runtime.InteropServices;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Memory;

/// <summary>An index of all sets by the images of their spec and status. It follows the watch cache, on standby replicas too. When a set is
/// created, deleted or changed, it queues the other sets of the same images. Thread-safe.</summary>
public sealed class SetRegistry : IDisposable
{
    private static readonly ImmutableHashSet<string> NoImages = ImmutableHashSet.Create<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The delay before sets of other namespaces are queued. It limits the load from a namespace that edits its sets all the
    /// time.</summary>
    private static readonly TimeSpan OtherNamespaceDelay = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, RegisteredSet> sets = [];
    private readonly SetIndex byName = new(StringComparer.Ordinal);
    private readonly SetIndex byImage = new(StringComparer.OrdinalIgnoreCase);
    private readonly SelectorIndex bySelector = new();
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

    /// <summary>The registered generation of a set. When another generation is registered, the result is a superseded one.</summary>
    public RegisteredSet Of(V1Alpha1ImageTagSet set)
    {
        RegisteredSet? known;
        lock (gate) known = sets.GetValueOrDefault(set.Key());
        if (known?.IsSameGeneration(set) == true) return known;
        var now = time.GetUtcNow();
        var unregistered = new RegisteredSet(set, known?.IsSameSet(set) == true ? known.Memory : new SetMemory(), now) { EditedAt = now };
        // The finalizer of a terminating set must run to its end, so nothing supersedes it.
        if (!set.IsTerminating()) unregistered.Supersede();
        return unregistered;
    }

    /// <summary>The sets whose spec matches the image, or can match it if its properties are unknown, and the sets with the image in their
    /// status.</summary>
    public IReadOnlyList<RegisteredSet> FindByImage(ImageFacts image)
    {
        RegisteredSet[] known, candidates;
        lock (gate)
        {
            var keys = byImage[image.Id].Union(byName[image.Name ?? ""]);
            known = [.. keys.Select(key => sets[key])];
            candidates = [.. bySelector.Candidates(image.Name).Except(keys).Select(key => sets[key])];
        }

        // Outside the lock: thousands of globs can begin like this name.
        return [.. known, .. candidates.Where(set => set.MayMatch(image))];
    }

    public RegisteredSet? Find(NamespacedName key)
    {
        lock (gate) return sets.GetValueOrDefault(key);
    }

    /// <summary>Queues a set, and lets it read its images again: another set waits until it takes over a tag. Its last list may have been
    /// incomplete, and its interval can be long.</summary>
    /// <param name="waiting">The set that waits.</param>
    public void RequestLook(NamespacedName key, NamespacedName waiting)
    {
        lock (gate)
        {
            if (!sets.TryGetValue(key, out var set)) return;
            set.Memory.ReadingAgeLimit = null;
        }

        queue.Enqueue(key, key.Namespace == waiting.Namespace ? TimeSpan.Zero : OtherNamespaceDelay);
    }

    /// <summary>Marks that the images of the set are being read.</summary>
    public void MarkRead(RegisteredSet set)
    {
        lock (gate) RemoveUnread(set);
    }

    /// <summary>Takes at most the given number of sets with these credentials whose images were never read, in registration order. Each set
    /// is returned once.</summary>
    public IReadOnlyList<RegisteredSet> TakeUnread(string? inNamespace, CloudCredentialsRef credentials, int most)
    {
        lock (gate)
        {
            RegisteredSet[] next = [.. unread.GetValueOrDefault((inNamespace, credentials))?.Values.Take(most) ?? []];
            foreach (var set in next) RemoveUnread(set);
            return next;
        }
    }

    public void Dispose() => subscription.Dispose();

    private void OnChange(EntityChange<V1Alpha1ImageTagSet> change)
    {
        var key = change.Entity.Key();
        HashSet<NamespacedName> affected = [];
        lock (gate)
        {
            var known = sets.GetValueOrDefault(key);
            var before = known?.Set;
            var after = change.Type == WatchEventType.Deleted ? null : change.Entity;
            Index(key, before, after);
            if (known is not null && after is not null && known.IsSameGeneration(after))
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
                    RemoveUnread(known);
                }

                if (after is null) sets.Remove(key);
                else Register(key, after, known?.IsSameSet(after) == true ? known.Memory : null);
            }

            CollectAffected(key, before, after, affected);
        }

        foreach (var other in affected) queue.Enqueue(other, other.Namespace == key.Namespace ? TimeSpan.Zero : OtherNamespaceDelay);
    }

    /// <param name="memory">The state from earlier generations; null when there are none.</param>
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

    private void RemoveUnread(RegisteredSet set)
    {
        var credentials = (set.Key.Namespace, set.Spec.CloudCredentialsRef);
        if (unread.TryGetValue(credentials, out var others) && others.Remove(set.Number) && others.Count == 0) unread.Remove(credentials);
    }

    private void Index(NamespacedName key, V1Alpha1ImageTagSet? before, V1Alpha1ImageTagSet? after)
    {
        byImage.Move(key, ImagesOf(before), ImagesOf(after));
        byName.Move(key, NamesOf(before), NamesOf(after));
        bySelector.Move(key, before?.Spec.Image.Selector, after?.Spec.Image.Selector);
    }

    /// <summary>Collects the sets to queue after a change of a set. A new generation affects all sets of its images. A new status affects
    /// only the sets that can now stop managing a tag, those that <c>maxRemovals</c> holds while this set has not proved that it can write,
    /// and all sets of an image that the set leaves, or where it is refused or no longer refused.</summary>
    private void CollectAffected(
        NamespacedName key, V1Alpha1ImageTagSet? before, V1Alpha1ImageTagSet? after, HashSet<NamespacedName> affected)
    {
        var (old, current) = (ImagesOf(before), ImagesOf(after));
        var isNewGeneration = before is null || after is null || before.Metadata.Uid != after.Metadata.Uid
            || before.Metadata.Generation != after.Metadata.Generation || before.IsTerminating() != after.IsTerminating();
        foreach (var id in isNewGeneration ? old.Union(current) : old.SymmetricExcept(current)) affected.UnionWith(byImage[id]);
        if (!isNewGeneration)
        {
            foreach (var id in old.Intersect(current))
            {
                var (was, has) = (StateOf(before!, id), StateOf(after!, id));
                if (IsRefused(was) != IsRefused(has) || was?.Leaving != has?.Leaving) affected.UnionWith(byImage[id]);
                if (was?.Writer != has?.Writer) affected.UnionWith(byImage[id].Where(other => IsHeld(sets[other].Set)));
                var taken = TakenOver(after!, has).Except(TakenOver(before!, was)).ToArray();
                if (taken.Length > 0) affected.UnionWith(byImage[id].Where(other => GivesUp(sets[other].Set, id, taken)));
            }
        }

        affected.Remove(key);
    }

    private static bool GivesUp(V1Alpha1ImageTagSet set, string id, string[] tags) =>
        StateOf(set, id)?.ManagedTags?.Intersect(tags) is { } shared
        && (set.IsTerminating() || StateOf(set, id)!.Leaving is not null ? shared : shared.Except(set.Spec.Tags)).Any();

    private static IReadOnlyList<string> TakenOver(V1Alpha1ImageTagSet set, ImageState? state) =>
        state?.Writer is null || IsRefused(state) || LeftImageFinder.IsEdited(set) ? [] : state.ManagedTags ?? [];

    private static bool IsRefused(ImageState? state) => state?.WriteRefused == true;

    private static bool IsHeld(V1Alpha1ImageTagSet set) =>
        set.Status.History().Find(Condition.Ready)?.Reason == Reason.RemovalLimitExceeded.Name;

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
