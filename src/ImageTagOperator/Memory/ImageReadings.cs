using System.Runtime.CompilerServices;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Memory;

/// <summary>Reads the images of sets. A set that was in order and only comes round again can do with a reading that another one asked for
/// since. When a reading or the cloud's probe shows a change, the sets that it concerns are looked at at once. Safe for concurrent
/// use.</summary>
public sealed partial class ImageReadings(
    SetRegistry registry, IEntityQueue<V1Alpha1ImageTagSet> queue, RequeuePolicy requeue, OperatorOptions options, TimeProvider time,
    ILogger<ImageReadings>? logger = null)
{
    private readonly ConditionalWeakTable<CloudSession, object> subscribed = [];
    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, (CloudSession Session, ImageTerm Term)> interests = [];
    private readonly Dictionary<CloudSession, Interest> interested = [];

    /// <exception cref="CloudException"/>
    public Task<ImageReading> ReadAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, CloudSession session, ImageTerm term, CancellationToken cancellationToken)
    {
        Follow(set.Key(), session, term);
        registry.MarkRead(registered);
        var trust = TakeTrust(registered.Memory, set);
        var usualAge = RequeuePolicy.MaxReadingAge(IntervalOf(set), null, true);
        if (trust is not null) return session.Images.ReadAsync(term, trust.Age, usualAge, cancellationToken);

        // A reading of a moment ago will do, unless the set was edited since.
        var known = time.GetUtcNow() - registered.ChangedAt;
        return session.Images.ReadAsync(
            term, known < TagApplier.FreshFor ? known : TagApplier.FreshFor, usualAge, cancellationToken, isFirst: true, Company);

        IEnumerable<ImageTerm> Company(int most) =>
            registry.TakeUnread(registered.Key.Namespace, set.Spec.CloudCredentialsRef, most)
                .Select(other => ImageChoice.Term(other.Spec.Image)).Where(other => other.Kind != ImageTermKind.List);
    }

    /// <summary>How a reconcile ended: when all is in order, the next one may go by an older reading, and by a slightly older one while it
    /// takes a person to go on.</summary>
    public void Note(V1Alpha1ImageTagSet set, SetResult result)
    {
        var age = result.IsSuspended ? TimeSpan.Zero : RequeuePolicy.MaxReadingAge(IntervalOf(set), result.Worst, result.Plan is not null);
        if (age > TimeSpan.Zero) registry.Of(set).Memory.Trust = ReadingTrust.Of(set, age);
    }

    public void Forget(V1Alpha1ImageTagSet set)
    {
        lock (gate) Leave(set.Key());
    }

    /// <summary>Counts once: a reconcile that ends badly leaves no trust behind.</summary>
    private static ReadingTrust? TakeTrust(SetMemory memory, V1Alpha1ImageTagSet set)
    {
        var trust = memory.Trust;
        memory.Trust = null;
        return trust is not null && trust == ReadingTrust.Of(set, trust.Age) ? trust : null;
    }

    private static TimeSpan IntervalOf(V1Alpha1ImageTagSet set) => RequeuePolicy.Interval(set.Spec.Interval);

    private void Follow(NamespacedName set, CloudSession session, ImageTerm term)
    {
        lock (gate)
        {
            if (interests.TryGetValue(set, out var old) && old == (session, term)) return;
            Leave(set);
            interests[set] = (session, term);
            if (!interested.TryGetValue(session, out var interest)) interested[session] = interest = new Interest(Probe(session));
            interest.Add(term, set);
            if (subscribed.TryAdd(session, session)) session.Images.Changed += change => Wake(session, change);
        }
    }

    private void Leave(NamespacedName set)
    {
        if (!interests.Remove(set, out var old)) return;
        var interest = interested[old.Session];
        interest.Remove(old.Term, set);
        if (!interest.IsEmpty) return;
        interest.Probe?.Dispose();
        interested.Remove(old.Session);
    }

    /// <summary>Asks the cloud what changed, as long as there is a set that it may concern.</summary>
    private ITimer? Probe(CloudSession session)
    {
        if (options.DriftProbe <= TimeSpan.Zero) return null;
        var period = requeue.Spread(options.DriftProbe);
        var isRunning = 0;
        return time.CreateTimer(_ => _ = ProbeAsync(), null, period, period);

        async Task ProbeAsync()
        {
            if (Interlocked.Exchange(ref isRunning, 1) == 1) return;
            try
            {
                await session.ProbeAsync(CancellationToken.None);
            }
            catch (CloudException)
            {
                // The reconciles of the sets report why the cloud cannot be used; the next probe asks for what this one did not see.
            }
            catch (Exception e) when (logger is not null)
            {
                LogProbeFailed(logger, session.Cloud.Name, e);
            }
            finally
            {
                Interlocked.Exchange(ref isRunning, 0);
            }
        }
    }

    /// <summary>Of the sets with selectors, only those that mean one of the images, as it was or as it is.</summary>
    private void Wake(CloudSession session, ImageChange change)
    {
        NamespacedName[] sets;
        lock (gate) sets = [.. interested.GetValueOrDefault(session)?.Of(change.Term) ?? []];
        var images = change.Term.Kind == ImageTermKind.List ? change.Images.Select(ImageChoice.Facts).ToArray() : null;
        foreach (var set in sets)
        {
            if (images is null || registry.Find(set) is not { } selecting || images.Any(selecting.MayMean)) queue.Enqueue(set);
        }
    }

    [LoggerMessage(30, LogLevel.Error, "The probe of cloud {Cloud} failed in a way that nobody foresaw. The next one comes in its time.")]
    private static partial void LogProbeFailed(ILogger logger, string cloud, Exception error);

    /// <summary>The sets that go by the readings of one session, by what they read.</summary>
    private sealed class Interest(ITimer? probe)
    {
        private readonly Dictionary<ImageTerm, HashSet<NamespacedName>> sets = [];

        public ITimer? Probe => probe;

        public bool IsEmpty => sets.Count == 0;

        public IReadOnlyCollection<NamespacedName> Of(ImageTerm term) => sets.GetValueOrDefault(term) ?? [];

        public void Add(ImageTerm term, NamespacedName set)
        {
            if (!sets.TryGetValue(term, out var those)) sets[term] = those = [];
            those.Add(set);
        }

        public void Remove(ImageTerm term, NamespacedName set)
        {
            if (sets.TryGetValue(term, out var those) && those.Remove(set) && those.Count == 0) sets.Remove(term);
        }
    }
}
