using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Reconciliation;

/// <summary>Reads the images of sets. A set that was in order and only comes round again can do with a reading that another one asked for
/// since; when such a reading shows a change, the sets that it concerns are looked at at once. Safe for concurrent use.</summary>
public sealed class ImageReadings(IEntityQueue<V1Alpha1ImageTagSet> queue)
{
    /// <summary>Of the interval. Below what the interval varies by, so that a set that has its cloud for itself reads each time.</summary>
    private const double Shared = 0.8;

    /// <summary>Below the minute after which such a set is looked at again.</summary>
    private static readonly TimeSpan Stalled = TimeSpan.FromSeconds(30);

    private readonly ConditionalWeakTable<CloudSession, object> subscribed = [];
    private readonly ConcurrentDictionary<string, Settled> settled = new();
    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, (CloudSession Session, ImageTerm Term)> interests = [];
    private readonly Dictionary<(CloudSession Session, ImageTerm Term), HashSet<NamespacedName>> interested = [];

    /// <exception cref="CloudException"/>
    public Task<ImageReading> ReadAsync(V1Alpha1ImageTagSet set, CloudSession session, ImageTerm term, CancellationToken cancellationToken)
    {
        Follow(set.Key(), session, term);
        return session.Images.ReadAsync(term, MaxAge(set), Pace.Interval(set.Spec) * Shared, cancellationToken);
    }

    /// <summary>How a reconcile ended: when all is in order, the next one may go by an older reading, and by a slightly older one while it takes
    /// a person to go on.</summary>
    public void Note(V1Alpha1ImageTagSet set, Outcome outcome)
    {
        var age = outcome switch
        {
            { IsSuspended: true } => TimeSpan.Zero,
            { Worst: null } => Pace.Interval(set.Spec) * Shared,
            { Worst.Reason.Kind: ProblemKind.Stalled, Images: not null } => Stalled,
            _ => TimeSpan.Zero,
        };
        if (age > TimeSpan.Zero) settled[set.Metadata.Uid!] = Settled.Of(set, age);
    }

    public void Forget(V1Alpha1ImageTagSet set)
    {
        settled.TryRemove(set.Metadata.Uid!, out _);
        lock (gate) Leave(set.Key());
    }

    /// <summary>Counts once: a reconcile that ends badly leaves no trust behind.</summary>
    private TimeSpan MaxAge(V1Alpha1ImageTagSet set) =>
        settled.TryRemove(set.Metadata.Uid!, out var last) && last == Settled.Of(set, last.Age) ? last.Age : TimeSpan.Zero;

    private void Follow(NamespacedName set, CloudSession session, ImageTerm term)
    {
        lock (gate)
        {
            if (interests.TryGetValue(set, out var old) && old == (session, term)) return;
            Leave(set);
            interests[set] = (session, term);
            if (!interested.TryGetValue((session, term), out var sets)) interested[(session, term)] = sets = [];
            sets.Add(set);
            if (subscribed.TryAdd(session, session)) session.Images.Changed += changed => Wake(session, changed);
        }
    }

    private void Leave(NamespacedName set)
    {
        if (!interests.Remove(set, out var old)) return;
        interested[old].Remove(set);
        if (interested[old].Count == 0) interested.Remove(old);
    }

    private void Wake(CloudSession session, ImageTerm term)
    {
        lock (gate)
        {
            if (!interested.TryGetValue((session, term), out var sets)) return;
            foreach (var set in sets) queue.Enqueue(set);
        }
    }

    /// <summary>What must not have changed for an older reading to do.</summary>
    private sealed record Settled(long? Generation, string? RequestedAt, TimeSpan Age)
    {
        public static Settled Of(V1Alpha1ImageTagSet set, TimeSpan age) =>
            new(set.Metadata.Generation, set.Metadata.Annotations?.TryGetValue(V1Alpha1ImageTagSet.RequestedAtAnnotation, out var at) == true ? at : null, age);
    }
}
