using System.Runtime.CompilerServices;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Memory;

/// <summary>Reads the images of sets. A set that was in order and only comes round again can do with a reading that another one asked for
/// since; when such a reading shows a change, the sets that it concerns are looked at at once. Safe for concurrent use.</summary>
public sealed class ImageReadings(SetRegistry registry, IEntityQueue<V1Alpha1ImageTagSet> queue)
{
    private readonly ConditionalWeakTable<CloudSession, object> subscribed = [];
    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, (CloudSession Session, ImageTerm Term)> interests = [];
    private readonly Dictionary<(CloudSession Session, ImageTerm Term), HashSet<NamespacedName>> interested = [];

    /// <exception cref="CloudException"/>
    public Task<ImageReading> ReadAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, CloudSession session, ImageTerm term, CancellationToken cancellationToken)
    {
        Follow(set.Key(), session, term);
        return session.Images.ReadAsync(
            term, MaxAge(registered.Memory, set), RequeuePolicy.ReadingAge(IntervalOf(set), null, true), cancellationToken);
    }

    /// <summary>How a reconcile ended: when all is in order, the next one may go by an older reading, and by a slightly older one while it
    /// takes a person to go on.</summary>
    public void Note(V1Alpha1ImageTagSet set, SetResult result)
    {
        var age = result.IsSuspended ? TimeSpan.Zero : RequeuePolicy.ReadingAge(IntervalOf(set), result.Worst, result.Plan is not null);
        if (age > TimeSpan.Zero) registry.Of(set).Memory.Trust = ReadingTrust.Of(set, age);
    }

    public void Forget(V1Alpha1ImageTagSet set)
    {
        lock (gate) Leave(set.Key());
    }

    /// <summary>Counts once: a reconcile that ends badly leaves no trust behind.</summary>
    private static TimeSpan MaxAge(SetMemory memory, V1Alpha1ImageTagSet set)
    {
        var trust = memory.Trust;
        memory.Trust = null;
        return trust is not null && trust == ReadingTrust.Of(set, trust.Age) ? trust.Age : TimeSpan.Zero;
    }

    private static TimeSpan IntervalOf(V1Alpha1ImageTagSet set) => RequeuePolicy.Interval(set.Spec.Interval);

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
}
