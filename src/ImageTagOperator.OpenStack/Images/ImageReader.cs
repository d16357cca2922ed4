using System.Collections.Concurrent;
using System.Diagnostics;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>Reads and caches images for all users of one session, with as few requests as possible. Reads that are due together share a
/// request; a caller that accepts an older reading gets the cached one. Thread-safe.</summary>
public sealed class ImageReader
{
    /// <summary>The list of changes does not show deleted or hidden images, so it is used only when it replaces more requests than
    /// this.</summary>
    private const int MinRequestsSaved = 2;

    /// <summary>Reads that start within this time share a request. It uses the system clock, and is short compared to a list of
    /// images.</summary>
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(20);

    private const int ManyTerms = 50;
    private const int MaxSamples = 50;

    /// <summary>How long a prefetched reading is cached.</summary>
    private static readonly TimeSpan PrefetchLifetime = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly ImageQueries queries;
    private readonly ChangeHint hint;
    private readonly ImageGates gates;
    private readonly MemoryReservation memory;
    private readonly CloudLimits limits;
    private readonly TimeProvider time;
    private readonly Dictionary<ImageTerm, CacheEntry> cache = [];
    private readonly ConcurrentDictionary<string, (Image Image, DateTimeOffset AsOf)> single = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<ImageTerm, PendingRead> pendingReads = [];
    private bool isReading;
    private DateTimeOffset unlistedSince;

    /// <param name="memory">The memory for cached readings.</param>
    internal ImageReader(ImageApi api, ImageGates gates, MemoryReservation memory, CloudLimits limits, TimeProvider time)
    {
        queries = new ImageQueries(api);
        hint = new ChangeHint(api, time);
        (this.gates, this.memory, this.limits, this.time) = (gates, memory, limits, time);
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
        Task<ImageReading> result;
        lock (gate)
        {
            var entry = Entry(term);
            var now = time.GetUtcNow();
            entry.LastAsked = now;
            if (usualAge > TimeSpan.Zero) entry.UsualAge = usualAge;
            if (entry.Reading is { } reading && maxAge > TimeSpan.Zero && now - reading.AsOf <= maxAge && entry.IsCurrent)
            {
                return WithNewerReads(reading);
            }

            if (!pendingReads.TryGetValue(term, out var pending))
            {
                pendingReads[term] = pending = new PendingRead(pendingReads.Count, Activity.Current);
            }

            if (maxAge > TimeSpan.Zero && !isFirst) pending.IsPeriodic = true;
            else pending.IsUrgent = true;
            if (now - maxAge > pending.MustStartAfter) pending.MustStartAfter = now - maxAge;
            pending.Prefetch ??= prefetch;
            result = pending.Answer.Task;
            if (!isReading)
            {
                isReading = true;
                _ = ReadPendingAsync();      // never throws: the callers get the error
            }
        }

        return await result.WaitAsync(cancellationToken);
    }

    /// <summary>The number of cached terms.</summary>
    internal int Terms
    {
        get
        {
            lock (gate) return cache.Count;
        }
    }

    /// <summary>The cached reading of a term, of any age; null when there is none.</summary>
    public ImageReading? Latest(ImageTerm term)
    {
        lock (gate) return cache.TryGetValue(term, out var entry) && entry.Reading is { } reading ? WithNewerReads(reading) : null;
    }

    /// <summary>Lists the changes since the last probe with one request, and raises <see cref="Changed"/> for the changed terms. Their
    /// older readings are then stale. The probe does not find deleted or hidden images, and finds nothing in a cloud that does not support
    /// the filter.</summary>
    /// <param name="isBeingWritten">Whether this process writes to an image. Such an image is skipped, because the writer reads it
    /// afterwards.</param>
    internal async Task ProbeAsync(Func<string, bool> isBeingWritten, CancellationToken cancellationToken)
    {
        if (await hint.GetChangesAsync(RecentlyChanged, cancellationToken) is not [_, ..] changed) return;
        List<ImageChange> changes = [];
        lock (gate)
        {
            var now = time.GetUtcNow();
            var ids = changed.Where(image => !isBeingWritten(image.Id)).ToDictionary(image => image.Id, StringComparer.OrdinalIgnoreCase);
            var names = ids.Values.ToLookup(image => image.Name);
            foreach (var (term, entry) in cache)
            {
                if (entry.Reading is not { } reading) continue;
                var before = reading.Images.Where(image => ids.ContainsKey(image.Id))
                    .Select(image => WithNewerReads(image, reading.AsOf)).ToArray();
                Image[] after = term.Kind switch
                {
                    ImageTermKind.Id => ids.TryGetValue(term.Text, out var image) ? [ImageQueries.WithoutProperties(image)] : [],
                    ImageTermKind.Name => [.. names[term.Text].Select(ImageQueries.WithoutProperties)],
                    _ => [.. ids.Values.Where(image => image.Visibility != "community" || term == ImageTerm.Community)],
                };
                if (Differences(before, after) is not [_, ..] differences) continue;
                // The next reading is compared with this one, so that a change is reported once.
                Keep(entry, reading with { Images = [.. reading.Images.ExceptBy(ids.Keys, image => image.Id), .. after] });
                entry.ChangedAt = now;
                changes.Add(new ImageChange(term, differences));
            }
        }

        foreach (var change in changes) Changed?.Invoke(change);
    }

    /// <summary>The images that changed last. Some can be deleted or hidden since.</summary>
    private Image[] RecentlyChanged()
    {
        lock (gate)
        {
            return [.. cache.Values.SelectMany(entry => entry.Reading?.Images ?? [])
                .Where(image => image is { OsHidden: false, UpdatedAt: not null })
                .DistinctBy(image => image.Id).OrderByDescending(image => image.UpdatedAt).Take(MaxSamples)];
        }
    }

    /// <summary>Caches an image that was read after a write. It is newer than the readings of its terms.</summary>
    internal void CacheImage(Image image, DateTimeOffset asOf)
    {
        var read = (ImageQueries.WithoutProperties(image), asOf);
        single.AddOrUpdate(image.Id, read, (_, old) => old.AsOf > asOf ? old : read);
    }

    /// <summary>Reads a term once, without the cache.</summary>
    /// <exception cref="CloudException">The read failed.</exception>
    public Task<ImageReading> ReadAsync(ImageTerm term, CancellationToken cancellationToken) =>
        ReadAsync(term, TimeSpan.Zero, TimeSpan.Zero, cancellationToken);

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
                RemoveUnused();
                var due = round.Values.Any(pending => pending.IsPeriodic) ? DueSoon() : [];
                var left = await SkipUnchangedAsync([.. due.Union(round.Keys).Union(Prefetch(round))], round);
                await Task.WhenAll(queries.Groups(left).Select(group => FetchAsync(group, round)));
            }
#pragma warning disable CA1031 // passed on to all callers
            catch (Exception e)
#pragma warning restore CA1031
            {
                foreach (var pending in round.Values) pending.Answer.TrySetException(e);
            }
        }
    }

    /// <summary>Removes unused entries. Each edit of a set can add a term.</summary>
    private void RemoveUnused()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var term in cache.Where(pair => now - pair.Value.LastAsked > (pair.Value.UsualAge * 3) + TimeSpan.FromMinutes(1))
                .Select(pair => pair.Key).ToArray())
            {
                memory.TryAdd(-cache[term].Size);
                cache.Remove(term);
            }

            foreach (var (id, _) in single.Where(pair => now - pair.Value.AsOf > limits.FullReadInterval)) single.TryRemove(id, out _);
            if (now - unlistedSince > limits.FullReadInterval)
            {
                queries.ForgetUnlisted();
                unlistedSince = now;
            }
        }
    }

    /// <summary>The terms to prefetch: as many as fit into the last request of the round.</summary>
    private List<ImageTerm> Prefetch(Dictionary<ImageTerm, PendingRead> round)
    {
        if (round.Values.FirstOrDefault(pending => pending.Prefetch is not null) is not { } pending) return [];
        List<ImageTerm> prefetch = [.. pending.Prefetch!(ImageQueries.MaxTerms - (round.Count % ImageQueries.MaxTerms))];
        lock (gate)
        {
            prefetch.RemoveAll(cache.ContainsKey);
            foreach (var term in prefetch) (Entry(term).LastAsked, Entry(term).UsualAge) = (time.GetUtcNow(), PrefetchLifetime);
        }

        return prefetch;
    }

    /// <summary>The periodic terms that are due soon. They are read in this round too.</summary>
    private List<ImageTerm> DueSoon()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            return [.. cache.Where(pair => pair.Value is { Reading.Images.Count: > 0 } entry && entry.UsualAge > TimeSpan.Zero
                && now - entry.Reading.AsOf > entry.UsualAge / 2).Select(pair => pair.Key)];
        }
    }

    /// <summary>When it saves requests, finds the unchanged terms with one list of changes. Returns the terms that must be read.</summary>
    private async Task<IReadOnlyCollection<ImageTerm>> SkipUnchangedAsync(
        IReadOnlyCollection<ImageTerm> terms, Dictionary<ImageTerm, PendingRead> round)
    {
        if (queries.Groups(terms).Count <= MinRequestsSaved) return terms;
        var (asOf, sequence) = (time.GetUtcNow(), gates.Sequence);
        Dictionary<ImageTerm, ImageReading> candidates = [];
        lock (gate)
        {
            foreach (var term in terms)
            {
                if (term.Kind == ImageTermKind.List) continue;      // would miss new and deleted images
                var mayBeOld = !round.TryGetValue(term, out var pending) || !pending.IsUrgent;
                if (mayBeOld && Entry(term) is { IsListed: true, IsCurrent: true, Reading: { Images.Count: > 0 } reading } entry
                    && asOf - entry.FullyReadAt < limits.FullReadInterval) candidates[term] = reading;
            }
        }

        if (queries.Groups(candidates.Keys).Count <= MinRequestsSaved) return terms;
        var images = candidates.Values.SelectMany(reading => reading.Images);
        if (await hint.ChangedSinceAsync(
            candidates.Values.Min(reading => reading.AsOf), images, CancellationToken.None) is not { } changed) return terms;

        var names = changed.Values.Select(image => ImageTerm.Name(image.Name ?? "")).ToHashSet();
        var unchanged = candidates.Where(pair => !IsChanged(pair.Key, pair.Value)).ToArray();
        // Terms with waiting callers come last, so that the next reads of those callers find all results.
        foreach (var (term, reading) in unchanged.OrderBy(pair => round.ContainsKey(pair.Key))) Store(
            term, WithNewerReads(reading) with { AsOf = asOf, Sequence = sequence }, round);
        return [.. terms.Except(unchanged.Select(pair => pair.Key))];

        bool IsChanged(ImageTerm term, ImageReading reading) =>
            reading.Images.Any(
                old => changed.TryGetValue(old.Id, out var now)
                    && !WithNewerReads(old, reading.AsOf).IsSameAs(ImageQueries.WithoutProperties(now)))
            || (term.Kind == ImageTermKind.Name && names.Contains(term)
                && changed.Values.Any(image => image.Name == term.Text && reading.Images.All(old => old.Id != image.Id)));
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
        ImageReading? old;
        lock (gate)
        {
            var entry = Entry(term);
            old = entry.Reading;
            Keep(entry, reading);
            if (answer is not null) (entry.FullyReadAt, entry.IsListed) = (reading.AsOf, answer.IsListed
                && answer.Images.All(image => !image.OsHidden));
        }

        var current = WithNewerReads(reading);
        // A change can also affect sets that do not wait for this read.
        if (old is not null && Differences(WithNewerReads(old).Images, current.Images) is [_, ..] differences) Changed?.Invoke(
            new ImageChange(term, differences));
        if (round.TryGetValue(term, out var pending)) pending.Answer.TrySetResult(current);
        else if (TakeSatisfied(term, reading, isWhole: answer is not null) is { } waiting) waiting.Answer.TrySetResult(current);
    }

    /// <summary>Caches a reading. When the memory limit is reached, it is not cached and the next caller reads again.</summary>
    private void Keep(CacheEntry entry, ImageReading reading)
    {
        memory.TryAdd(-entry.Size);
        var size = reading.Images.Sum(ListMemory.SizeOf);
        (entry.Reading, entry.Size) = memory.TryAdd(size) ? (reading, size) : (null, 0);
    }

    /// <summary>Takes a read that was requested while this request was running and that its result satisfies; or null.</summary>
    private PendingRead? TakeSatisfied(ImageTerm term, ImageReading reading, bool isWhole)
    {
        lock (gate)
        {
            if (!pendingReads.TryGetValue(term, out var pending) || reading.AsOf <= pending.MustStartAfter || (pending.IsUrgent && !isWhole)
                || !Entry(term).IsCurrent) return null;
            pendingReads.Remove(term);
            return pending;
        }
    }

    private CacheEntry Entry(ImageTerm term)
    {
        if (!cache.TryGetValue(term, out var entry)) cache[term] = entry = new CacheEntry();
        return entry;
    }

    /// <summary>Replaces images with newer reads of single images.</summary>
    private ImageReading WithNewerReads(ImageReading reading) =>
        reading with { Images = [.. reading.Images.Select(image => WithNewerReads(image, reading.AsOf))] };

    private Image WithNewerReads(Image image, DateTimeOffset asOf) =>
        single.TryGetValue(image.Id, out var newer) && newer.AsOf > asOf ? newer.Image with { OtherMembers = image.OtherMembers } : image;

    /// <summary>The images that differ, in their old and new state.</summary>
    private static List<Image> Differences(IReadOnlyList<Image> before, IReadOnlyList<Image> after)
    {
        var old = before.ToDictionary(image => image.Id, StringComparer.OrdinalIgnoreCase);
        var differences = new List<Image>();
        foreach (var image in after)
        {
            if (!old.Remove(image.Id, out var was)) differences.Add(image);
            else if (!was.IsSameAs(image)) differences.AddRange([was, image]);
        }

        return [.. differences, .. old.Values];
    }

    private sealed class CacheEntry
    {
        public ImageReading? Reading { get; set; }

        /// <summary>The reserved memory of the reading, in bytes.</summary>
        public long Size { get; set; }

        public DateTimeOffset FullyReadAt { get; set; }

        /// <summary>The time of the last change that a probe reported.</summary>
        public DateTimeOffset ChangedAt { get; set; }

        /// <summary>No probe reported a change since the reading.</summary>
        public bool IsCurrent => Reading is null || Reading.AsOf >= ChangedAt;

        /// <summary>A list of changes would contain the images.</summary>
        public bool IsListed { get; set; }

        public DateTimeOffset LastAsked { get; set; }

        public TimeSpan UsualAge { get; set; }
    }

    private sealed class PendingRead(int number, Activity? by)
    {
        public int Number => number;

        /// <summary>The activity (trace) of the first caller.</summary>
        public Activity? By => by;

        public TaskCompletionSource<ImageReading> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>A reading that started after this time satisfies the callers.</summary>
        public DateTimeOffset MustStartAfter { get; set; } = DateTimeOffset.MinValue;

        public Func<int, IEnumerable<ImageTerm>>? Prefetch { get; set; }

        /// <summary>A caller reads the term periodically, so other periodic terms are due soon too.</summary>
        public bool IsPeriodic { get; set; }

        /// <summary>A caller needs the image itself, not only a list of changes without it.</summary>
        public bool IsUrgent { get; set; }
    }
}
