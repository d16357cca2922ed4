using System.Diagnostics;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>Reads images for all users of one session, with as few requests as possible. Reads that are due together share a request; a
/// caller that accepts an older reading gets the cached one. Thread-safe.</summary>
/// <remarks>Reads are collected in rounds. One round runs at a time: <see cref="RunRoundAsync"/> is its recipe.</remarks>
public sealed class ImageReader
{
    /// <summary>Reads that start within this time share a request. It uses the system clock, and is short compared to a list of
    /// images.</summary>
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(20);

    private const int ManyTerms = 50;

    /// <summary>How long a prefetched reading is cached.</summary>
    private static readonly TimeSpan PrefetchLifetime = TimeSpan.FromMinutes(1);

    /// <summary>For the pending reads. The lock of the cache is taken inside this one, never the other way round.</summary>
    private readonly Lock gate = new();
    private readonly ImageQueries queries;
    private readonly ChangeHint hint;
    private readonly ReadingCache cache;
    private readonly UnchangedReadings unchanged;
    private readonly ImageGates gates;
    private readonly CloudLimits limits;
    private readonly TimeProvider time;
    private Dictionary<ImageTerm, PendingRead> pendingReads = [];
    private bool isReading;
    private DateTimeOffset unlistedSince;

    /// <param name="memory">The memory for cached readings.</param>
    internal ImageReader(ImageApi api, ImageGates gates, MemoryReservation memory, CloudLimits limits, TimeProvider time)
    {
        queries = new ImageQueries(api);
        hint = new ChangeHint(api, time);
        cache = new ReadingCache(memory, limits, time);
        unchanged = new UnchangedReadings(cache, queries, hint);
        (this.gates, this.limits, this.time) = (gates, limits, time);
        unlistedSince = time.GetUtcNow();
    }

    /// <summary>Raised when a read or a probe shows that the images of a term changed.</summary>
    public event Action<ImageChange>? Changed;

    /// <param name="maxAge">The maximum age of a cached reading; zero: only a request that starts after this call.</param>
    /// <param name="usualAge">The <paramref name="maxAge"/> of the caller's next read of the term; zero: there is none. Terms that are due
    /// soon are read together with others.</param>
    /// <param name="isFirst">The image itself must be read: a list of changes without it is not enough.</param>
    /// <param name="prefetch">Returns at most the given number of terms that other callers will need next. They are read in the same
    /// request when they fit.</param>
    /// <exception cref="CloudException">The read failed.</exception>
    public async Task<ImageReading> ReadAsync(
        ImageTerm term, TimeSpan maxAge, TimeSpan usualAge, CancellationToken cancellationToken, bool isFirst = false,
            Func<int, IEnumerable<ImageTerm>>? prefetch = null)
    {
        PendingRead? pending;
        lock (gate)
        {
            var now = time.GetUtcNow();
            if (cache.Find(term, now, maxAge, usualAge) is { } reading) return reading;
            if (!pendingReads.TryGetValue(term, out pending))
            {
                pendingReads[term] = pending = new PendingRead(pendingReads.Count, Activity.Current);
            }

            pending.Add(now - maxAge, isPeriodic: maxAge > TimeSpan.Zero && !isFirst, prefetch);
            if (!isReading)
            {
                isReading = true;
                _ = ReadPendingAsync();      // never throws: the callers get the error
            }
        }

        return await pending.Answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Reads a term once, without the cache, with the same errors.</summary>
    public Task<ImageReading> ReadAsync(ImageTerm term, CancellationToken cancellationToken) =>
        ReadAsync(term, TimeSpan.Zero, TimeSpan.Zero, cancellationToken);

    /// <summary>The cached reading of a term, of any age; null when there is none.</summary>
    public ImageReading? Latest(ImageTerm term) => cache.Latest(term);

    /// <summary>The number of cached terms.</summary>
    internal int Terms => cache.Count;

    /// <summary>Caches an image that was read after a write. It is newer than the readings of its terms.</summary>
    internal void CacheImage(Image image, DateTimeOffset asOf) => cache.Store(image, asOf);

    /// <summary>Lists the changes since the last probe with one request, and raises <see cref="Changed"/> for the changed terms. Their
    /// older readings are then stale. The probe does not find deleted or hidden images, and finds nothing in a cloud that does not support
    /// the filter.</summary>
    /// <param name="isBeingWritten">Whether this process writes to an image. Such an image is skipped, because the writer reads it
    /// afterwards.</param>
    internal async Task ProbeAsync(Func<string, bool> isBeingWritten, CancellationToken cancellationToken)
    {
        if (await hint.GetChangesAsync(cache.RecentlyChanged, cache.HasList, cancellationToken) is not [_, ..] changed) return;
        foreach (var change in cache.Apply(changed.Where(image => !isBeingWritten(image.Id)))) Changed?.Invoke(change);
    }

    /// <summary>Runs one round of requests at a time. Reads that start meanwhile are collected for the next round.</summary>
    private async Task ReadPendingAsync()
    {
        await Task.Yield();     // leave the caller's lock
        while (true)
        {
            // With many terms, more reads follow within milliseconds.
            if (Terms > ManyTerms) await Task.Delay(BatchDelay, TimeProvider.System);
            Dictionary<ImageTerm, PendingRead> round;
            lock (gate)
            {
                (round, pendingReads) = (pendingReads, []);
                isReading = round.Count > 0;
                if (!isReading) return;
            }

            // The requests of a round are traced under the reconcile that asked first, not under the one that started the loop.
            Activity.Current = round.Values.MinBy(pending => pending.Number)!.By;
            try
            {
                await RunRoundAsync(round);
            }
#pragma warning disable CA1031 // passed on to all callers
            catch (Exception e)
#pragma warning restore CA1031
            {
                foreach (var pending in round.Values) pending.Answer.TrySetException(e);
            }
        }
    }

    /// <summary>Reads the terms of a round, those that are due soon, and those to prefetch, except what did not change.</summary>
    private async Task RunRoundAsync(Dictionary<ImageTerm, PendingRead> round)
    {
        RemoveUnused();
        var due = round.Values.Any(pending => pending.IsPeriodic) ? cache.DueSoon() : [];
        var left = await SkipUnchangedAsync([.. due.Union(round.Keys).Union(Prefetch(round))], round);
        await Task.WhenAll(queries.Groups(left).Select(group => FetchAsync(group, round)));
    }

    private void RemoveUnused()
    {
        cache.RemoveUnused();
        if (time.GetUtcNow() - unlistedSince <= limits.FullReadInterval) return;
        queries.ForgetUnlisted();
        unlistedSince = time.GetUtcNow();
    }

    /// <summary>The terms to prefetch: as many as fit into the last request of the round.</summary>
    private IReadOnlyList<ImageTerm> Prefetch(Dictionary<ImageTerm, PendingRead> round)
    {
        if (round.Values.FirstOrDefault(pending => pending.Prefetch is not null) is not { } pending) return [];
        return cache.AddNew(pending.Prefetch!(ImageQueries.MaxTerms - (round.Count % ImageQueries.MaxTerms)), PrefetchLifetime);
    }

    /// <summary>Answers the reads of terms that did not change. Returns the terms that must be read.</summary>
    private async Task<IReadOnlyCollection<ImageTerm>> SkipUnchangedAsync(
        IReadOnlyCollection<ImageTerm> terms, Dictionary<ImageTerm, PendingRead> round)
    {
        var (asOf, sequence) = (time.GetUtcNow(), gates.Sequence);
        var found = await unchanged.FindAsync(terms, term => !round.TryGetValue(term, out var pending) || !pending.IsUrgent, asOf);
        // Terms with waiting callers come last, so that the next reads of those callers find all results.
        foreach (var (term, reading) in found.OrderBy(pair => round.ContainsKey(pair.Key))) Store(
            term, cache.WithNewerReads(reading) with { AsOf = asOf, Sequence = sequence }, round);
        return [.. terms.Except(found.Keys)];
    }

    private async Task FetchAsync(IReadOnlyList<ImageTerm> group, Dictionary<ImageTerm, PendingRead> round)
    {
        var (asOf, sequence) = (time.GetUtcNow(), gates.Sequence);
        // No caller's token is used, because the result is shared. Each request has its own deadline.
        foreach (var answer in await queries.FetchAsync(group, CancellationToken.None))
        {
            var reading = new ImageReading(answer.Images, asOf, sequence) { UnreadableIds = answer.UnreadableIds ?? [] };
            if (answer.Error is null) Store(answer.Term, reading, round, answer);
            else if (round.TryGetValue(answer.Term, out var pending)) pending.Answer.TrySetException(answer.Error);
        }
    }

    private void Store(ImageTerm term, ImageReading reading, Dictionary<ImageTerm, PendingRead> round, ImageAnswer? answer = null)
    {
        var (current, change) = cache.Store(term, reading, answer);
        // A change can also affect sets that do not wait for this read.
        if (change is not null) Changed?.Invoke(change);
        if (round.TryGetValue(term, out var pending)) pending.Answer.TrySetResult(current);
        else if (TakeSatisfied(term, reading, isWhole: answer is not null) is { } waiting) waiting.Answer.TrySetResult(current);
    }

    /// <summary>Takes a read that was requested while this request was running and that its result satisfies; or null.</summary>
    private PendingRead? TakeSatisfied(ImageTerm term, ImageReading reading, bool isWhole)
    {
        lock (gate)
        {
            if (!pendingReads.TryGetValue(term, out var pending) || reading.AsOf <= pending.MustStartAfter || (pending.IsUrgent && !isWhole)
                || !cache.IsCurrent(term)) return null;
            pendingReads.Remove(term);
            return pending;
        }
    }
}
