using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Memory;

/// <summary>Reads the images of sets. A periodic reconcile of a set without problems can use a cached reading. When a reading or a probe of
/// the cloud shows a change, the affected sets are queued at once. Thread-safe.</summary>
public sealed partial class ImageReadings(
    SetRegistry registry, IEntityQueue<V1Alpha1ImageTagSet> queue, RequeuePolicy requeue, OperatorOptions options, TimeProvider time,
    ILogger<ImageReadings>? logger = null)
{
    private readonly ConditionalWeakTable<CloudSession, object> subscribed = [];
    private readonly Lock gate = new();
    private readonly Dictionary<NamespacedName, (CloudSession Session, ImageTerm Term)> subscriptions = [];
    private readonly Dictionary<CloudSession, Subscribers> bySession = [];

    /// <summary>Reads the images of a set's term, or returns a cached reading that is recent enough.</summary>
    /// <exception cref="CloudException">The read failed.</exception>
    public Task<ImageReading> ReadAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, CloudSession session, ImageTerm term, CancellationToken cancellationToken)
    {
        Subscribe(set.Key(), session, term);
        registry.MarkRead(registered);
        var limit = TakeAgeLimit(registered.Memory, set);
        var usualAge = RequeuePolicy.MaxReadingAge(IntervalOf(set), null, true);
        if (limit is not null) return session.Images.ReadAsync(term, limit.Age, usualAge, cancellationToken);

        // A reading of the last few seconds is recent enough, unless the set was edited since.
        var known = time.GetUtcNow() - registered.ChangedAt;
        return session.Images.ReadAsync(
            term, known < TagApplier.FreshFor ? known : TagApplier.FreshFor, usualAge, cancellationToken, isFirst: true, Prefetch);

        IEnumerable<ImageTerm> Prefetch(int most) =>
            registry.TakeUnread(registered.Key.Namespace, set.Spec.CloudCredentialsRef, most)
                .Select(other => ImageChoice.Term(other.Spec.Image)).Where(other => other.Kind != ImageTermKind.List);
    }

    /// <summary>Reads again what the last reconcile read, like the next one; null when that one cannot use a cached reading.</summary>
    /// <exception cref="CloudException">The read failed.</exception>
    public async Task<ImageReading?> ReadAgainAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, CloudSession session, CancellationToken cancellationToken)
    {
        if (ValidLimit(registered.Memory, set) is not { Age: var age }) return null;
        var usualAge = RequeuePolicy.MaxReadingAge(IntervalOf(set), null, true);
        return await session.Images.ReadAsync(ImageChoice.Term(set.Spec.Image), age, usualAge, cancellationToken);
    }

    /// <summary>Records the result of a reconcile. It decides how old a reading the next reconcile can use: older without problems, and
    /// slightly older while a person must fix a problem.</summary>
    public void RecordResult(V1Alpha1ImageTagSet set, SetResult result)
    {
        var age = result.IsSuspended ? TimeSpan.Zero : RequeuePolicy.MaxReadingAge(IntervalOf(set), result.Worst, result.Plan is not null);
        if (age > TimeSpan.Zero) registry.Of(set).Memory.ReadingAgeLimit = ReadingAgeLimit.Of(set, age);
    }

    public void Forget(V1Alpha1ImageTagSet set)
    {
        lock (gate) Unsubscribe(set.Key());
    }

    /// <summary>Takes the limit. After a failed reconcile there is none, so that the next one reads again.</summary>
    private static ReadingAgeLimit? TakeAgeLimit(SetMemory memory, V1Alpha1ImageTagSet set)
    {
        var limit = ValidLimit(memory, set);
        memory.ReadingAgeLimit = null;
        return limit;
    }

    private static ReadingAgeLimit? ValidLimit(SetMemory memory, V1Alpha1ImageTagSet set) =>
        memory.ReadingAgeLimit is { } limit && limit == ReadingAgeLimit.Of(set, limit.Age) ? limit : null;

    private static TimeSpan IntervalOf(V1Alpha1ImageTagSet set) => RequeuePolicy.Interval(set.Spec.Interval);

    private void Subscribe(NamespacedName set, CloudSession session, ImageTerm term)
    {
        lock (gate)
        {
            if (subscriptions.TryGetValue(set, out var old) && old == (session, term)) return;
            Unsubscribe(set);
            subscriptions[set] = (session, term);
            if (!bySession.TryGetValue(session, out var subscribers)) bySession[session] = subscribers = new Subscribers(Probe(session));
            subscribers.Add(term, set);
            if (subscribed.TryAdd(session, session)) session.Images.Changed += change => QueueAffected(session, change);
        }
    }

    private void Unsubscribe(NamespacedName set)
    {
        if (!subscriptions.Remove(set, out var old)) return;
        var subscribers = bySession[old.Session];
        subscribers.Remove(old.Term, set);
        if (!subscribers.IsEmpty) return;
        subscribers.Probe?.Dispose();
        bySession.Remove(old.Session);
    }

    /// <summary>Starts the periodic probe of a cloud. It runs while sets use the session.</summary>
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
                // The reconciles of the sets report the error. The next probe covers this period too.
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

    /// <summary>Queues the affected sets. A set with a selector is affected when it matches the old or the new state of a changed
    /// image.</summary>
    private void QueueAffected(CloudSession session, ImageChange change)
    {
        ImmutableHashSet<NamespacedName> sets;
        lock (gate) sets = bySession.GetValueOrDefault(session)?.Of(change.Term) ?? [];
        var images = change.Term.Kind == ImageTermKind.List ? change.Images.Select(ImageChoice.Facts).ToArray() : null;
        foreach (var set in sets)
        {
            if (images is null || registry.Find(set) is not { } selecting || images.Any(selecting.MayMatch)) queue.Enqueue(set);
        }
    }

    [LoggerMessage(30, LogLevel.Error, "The probe of cloud {Cloud} failed with an unexpected error. The next probe runs as scheduled.")]
    private static partial void LogProbeFailed(ILogger logger, string cloud, Exception error);

    /// <summary>The sets that use one session, by term.</summary>
    private sealed class Subscribers(ITimer? probe)
    {
        private readonly Dictionary<ImageTerm, ImmutableHashSet<NamespacedName>> sets = [];

        public ITimer? Probe => probe;

        public bool IsEmpty => sets.Count == 0;

        public ImmutableHashSet<NamespacedName> Of(ImageTerm term) => sets.GetValueOrDefault(term, []);

        public void Add(ImageTerm term, NamespacedName set) => sets[term] = Of(term).Add(set);

        public void Remove(ImageTerm term, NamespacedName set)
        {
            var left = Of(term).Remove(set);
            if (left.IsEmpty) sets.Remove(term);
            else sets[term] = left;
        }
    }
}
