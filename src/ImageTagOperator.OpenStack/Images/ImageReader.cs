using System.Collections.Concurrent;
using System.Diagnostics;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>Reads images for all who use one session, with as few requests as it can. Whoever needs news joins the next request, in which
/// all others go that need news soon; who can do with an older reading gets that. Safe for concurrent use.</summary>
public sealed class ImageReader
{
    /// <summary>A hint tells of no image that was deleted or hidden, so it is taken only where it spares more requests than this.</summary>
    private const int WorthAHint = 2;

    /// <summary>Who asks within it goes along in the same request. It is short beside a list of images, and of the machine's own
    /// time.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(20);

    private const int Few = 50;

    private readonly Lock gate = new();
    private readonly ImageQueries queries;
    private readonly ChangeHint hint;
    private readonly ImageGates gates;
    private readonly ListRoom room;
    private readonly CloudLimits limits;
    private readonly TimeProvider time;
    private readonly Dictionary<ImageTerm, Known> known = [];
    private readonly ConcurrentDictionary<string, (Image Image, DateTimeOffset AsOf)> single = new(StringComparer.OrdinalIgnoreCase);
    private Dictionary<ImageTerm, Demand> demands = [];
    private bool isReading;
    private DateTimeOffset unlistedSince;

    /// <param name="room">For what is kept.</param>
    internal ImageReader(ImageApi api, ImageGates gates, ListRoom room, CloudLimits limits, TimeProvider time)
    {
        queries = new ImageQueries(api);
        hint = new ChangeHint(api, time);
        (this.gates, this.room, this.limits, this.time) = (gates, room, limits, time);
        unlistedSince = time.GetUtcNow();
    }

    /// <summary>A term turned out to have changed since it was read before.</summary>
    public event Action<ImageTerm>? Changed;

    /// <param name="maxAge">A reading up to this old will do; zero: nothing that was asked before this call.</param>
    /// <param name="usualAge">What <paramref name="maxAge"/> will be when this caller asks for the term again; zero: it will not. Terms
    /// that will be asked for before long come along when another one is read.</param>
    /// <exception cref="CloudException"/>
    public async Task<ImageReading> ReadAsync(ImageTerm term, TimeSpan maxAge, TimeSpan usualAge, CancellationToken cancellationToken)
    {
        Task<ImageReading> news;
        lock (gate)
        {
            var entry = Entry(term);
            entry.LastAsked = time.GetUtcNow();
            if (usualAge > TimeSpan.Zero) entry.UsualAge = usualAge;
            if (entry.Reading is { } reading && maxAge > TimeSpan.Zero && time.GetUtcNow() - reading.AsOf <= maxAge) return Overlaid(
                reading);
            if (!demands.TryGetValue(term, out var demand)) demands[term] = demand = new Demand(demands.Count, Activity.Current);
            if (maxAge > TimeSpan.Zero) demand.IsPeriodic = true;
            else demand.IsUrgent = true;
            news = demand.Answer.Task;
            if (!isReading)
            {
                isReading = true;
                _ = ReadDemandsAsync();      // it never throws: whoever waits is told
            }
        }

        return await news.WaitAsync(cancellationToken);
    }

    /// <summary>How many are known.</summary>
    internal int Terms
    {
        get
        {
            lock (gate) return known.Count;
        }
    }

    /// <summary>What was read last of a term, however old; null when it was not.</summary>
    public ImageReading? Latest(ImageTerm term)
    {
        lock (gate) return known.TryGetValue(term, out var entry) && entry.Reading is { } reading ? Overlaid(reading) : null;
    }

    /// <summary>An image was read by itself, after a write: newer than what batches know.</summary>
    internal void Note(Image image, DateTimeOffset asOf) =>
        single.AddOrUpdate(
            image.Id, (ImageQueries.Slim(image), asOf), (_, old) => old.AsOf > asOf ? old : (ImageQueries.Slim(image), asOf));

    /// <summary>Reads something once.</summary>
    /// <exception cref="CloudException"/>
    public Task<ImageReading> ReadAsync(ImageTerm term, CancellationToken cancellationToken) =>
        ReadAsync(term, TimeSpan.Zero, TimeSpan.Zero, cancellationToken);

    /// <summary>One round at a time: what is asked for meanwhile goes together into the next.</summary>
    private async Task ReadDemandsAsync()
    {
        await Task.Yield();     // not under the caller's lock
        while (true)
        {
            // Above so many, others are about to ask.
            if (Terms > Few) await Task.Delay(Moment, TimeProvider.System);
            Dictionary<ImageTerm, Demand> round;
            lock (gate)
            {
                (round, demands) = (demands, []);
                isReading = round.Count > 0;
                if (!isReading) return;
            }

            // The requests of a round belong to the reconcile that asked first, not to the one that happened to begin all this.
            Activity.Current = round.Values.MinBy(demand => demand.Number)!.By;
            try
            {
                ForgetUnused();
                var due = round.Values.Any(demand => demand.IsPeriodic) ? DueSoon() : [];
                var left = await SkipUnchangedAsync([.. due.Union(round.Keys)], round);
                await Task.WhenAll(queries.Groups(left).Select(group => FetchAsync(group, round)));
            }
#pragma warning disable CA1031 // told to everybody who waits
            catch (Exception e)
#pragma warning restore CA1031
            {
                foreach (var demand in round.Values) demand.Answer.TrySetException(e);
            }
        }
    }

    /// <summary>Who edits a set has it ask for another term each time.</summary>
    private void ForgetUnused()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var term in known.Where(pair => now - pair.Value.LastAsked > (pair.Value.UsualAge * 3) + TimeSpan.FromMinutes(1))
                .Select(pair => pair.Key).ToArray())
            {
                room.TryAdd(-known[term].Size);
                known.Remove(term);
            }

            foreach (var (id, _) in single.Where(pair => now - pair.Value.AsOf > limits.FullReadInterval)) single.TryRemove(id, out _);
            if (now - unlistedSince > limits.FullReadInterval)
            {
                queries.ForgetUnlisted();
                unlistedSince = now;
            }
        }
    }

    /// <summary>Terms that are asked for again and again and will be before long: they come along.</summary>
    private List<ImageTerm> DueSoon()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            return [.. known.Where(pair => pair.Value is { Reading.Images.Count: > 0 } entry && entry.UsualAge > TimeSpan.Zero
                && now - entry.Reading.AsOf > entry.UsualAge / 2).Select(pair => pair.Key)];
        }
    }

    /// <summary>If that is cheaper, finds out with one request which terms are as they were. Gives back those that have to be
    /// read.</summary>
    private async Task<IReadOnlyCollection<ImageTerm>> SkipUnchangedAsync(
        IReadOnlyCollection<ImageTerm> terms, Dictionary<ImageTerm, Demand> round)
    {
        if (queries.Groups(terms).Count <= WorthAHint) return terms;
        var (asOf, sequence) = (time.GetUtcNow(), gates.Sequence);
        Dictionary<ImageTerm, ImageReading> candidates = [];
        lock (gate)
        {
            foreach (var term in terms)
            {
                if (term.Kind == ImageTermKind.List) continue;      // a new image, or one that is gone, would be missed
                var mayBeOld = !round.TryGetValue(term, out var demand) || !demand.IsUrgent;
                if (mayBeOld && Entry(term) is { MayBeHinted: true, Reading: { Images.Count: > 0 } reading } entry
                    && asOf - entry.FullyReadAt < limits.FullReadInterval) candidates[term] = reading;
            }
        }

        if (queries.Groups(candidates.Keys).Count <= WorthAHint) return terms;
        var images = candidates.Values.SelectMany(reading => reading.Images);
        if (await hint.ChangedSinceAsync(
            candidates.Values.Min(reading => reading.AsOf), images, CancellationToken.None) is not { } changed) return terms;

        var names = changed.Values.Select(image => ImageTerm.Name(image.Name ?? "")).ToHashSet();
        var unchanged = candidates.Where(pair => !IsTouched(pair.Key, pair.Value)).ToArray();
        // Those who wait come last: what they ask next must find all of this.
        foreach (var (term, reading) in unchanged.OrderBy(pair => round.ContainsKey(pair.Key))) Store(
            term, Overlaid(reading) with { AsOf = asOf, Sequence = sequence }, round);
        return [.. terms.Except(unchanged.Select(pair => pair.Key))];

        bool IsTouched(ImageTerm term, ImageReading reading) =>
            reading.Images.Any(
                old => changed.TryGetValue(old.Id, out var now) && !Overlaid(old, reading.AsOf).IsSameAs(ImageQueries.Slim(now)))
            || (term.Kind == ImageTermKind.Name && names.Contains(term)
                && changed.Values.Any(image => image.Name == term.Text && reading.Images.All(old => old.Id != image.Id)));
    }

    private async Task FetchAsync(IReadOnlyList<ImageTerm> group, Dictionary<ImageTerm, Demand> round)
    {
        var (asOf, sequence) = (time.GetUtcNow(), gates.Sequence);
        // Not with a caller's token: the answer belongs to all who wait for it. Each request has its deadline.
        foreach (var answer in await queries.FetchAsync(group, CancellationToken.None))
        {
            var reading = new ImageReading(answer.Images, asOf, sequence) { Odd = answer.Odd ?? [] };
            if (answer.Error is null) Store(answer.Term, reading, round, answer);
            else if (round.TryGetValue(answer.Term, out var demand)) demand.Answer.TrySetException(answer.Error);
        }
    }

    private void Store(ImageTerm term, ImageReading reading, Dictionary<ImageTerm, Demand> round, ImageAnswer? answer = null)
    {
        ImageReading? old;
        lock (gate)
        {
            var entry = Entry(term);
            old = entry.Reading;
            room.TryAdd(-entry.Size);
            // Where there is no room for it, the next one who asks has it read again.
            var size = reading.Images.Sum(ListMemory.SizeOf);
            (entry.Reading, entry.Size) = room.TryAdd(size) ? (reading, size) : (null, 0);
            if (answer is not null) (entry.FullyReadAt, entry.MayBeHinted) = (reading.AsOf, answer.IsListed
                && answer.Images.All(image => !image.OsHidden));
        }

        var current = Overlaid(reading);
        // Those who wait are not the only ones whom it may concern.
        if (old is not null && !AreSame(Overlaid(old), current)) Changed?.Invoke(term);
        if (round.TryGetValue(term, out var demand)) demand.Answer.TrySetResult(current);
    }

    private Known Entry(ImageTerm term)
    {
        if (!known.TryGetValue(term, out var entry)) known[term] = entry = new Known();
        return entry;
    }

    /// <summary>With what was read of single images since.</summary>
    private ImageReading Overlaid(ImageReading reading) =>
        reading with { Images = [.. reading.Images.Select(image => Overlaid(image, reading.AsOf))] };

    private Image Overlaid(Image image, DateTimeOffset asOf) =>
        single.TryGetValue(image.Id, out var newer) && newer.AsOf > asOf ? newer.Image with { More = image.More } : image;

    private static bool AreSame(ImageReading left, ImageReading right) =>
        left.Images.Count == right.Images.Count
        && left.Images.OrderBy(image => image.Id, StringComparer.Ordinal)
            .Zip(right.Images.OrderBy(image => image.Id, StringComparer.Ordinal)).All(pair => pair.First.IsSameAs(pair.Second));

    private sealed class Known
    {
        public ImageReading? Reading { get; set; }

        /// <summary>What the reading takes in memory.</summary>
        public long Size { get; set; }

        public DateTimeOffset FullyReadAt { get; set; }

        /// <summary>A list of what changed would have the images in it.</summary>
        public bool MayBeHinted { get; set; }

        public DateTimeOffset LastAsked { get; set; }

        public TimeSpan UsualAge { get; set; }
    }

    private sealed class Demand(int number, Activity? by)
    {
        public int Number => number;

        /// <summary>The reconcile that asked first.</summary>
        public Activity? By => by;

        public TaskCompletionSource<ImageReading> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Somebody looks again as time goes by; others will soon.</summary>
        public bool IsPeriodic { get; set; }

        /// <summary>Somebody needs the image itself, not only the word that nothing changed.</summary>
        public bool IsUrgent { get; set; }
    }
}
