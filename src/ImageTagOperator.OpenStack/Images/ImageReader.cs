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
    private const int MostWitnesses = 50;

    /// <summary>What was read for others before they asked is kept this long.</summary>
    private static readonly TimeSpan ForCompany = TimeSpan.FromMinutes(1);

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
    public event Action<ImageChange>? Changed;

    /// <param name="maxAge">The maximum age of a reading that was made for somebody else; zero: only what is asked after this call.</param>
    /// <param name="usualAge">The <paramref name="maxAge"/> of this caller when it asks for the term again; zero: it will not. Terms
    /// that will be asked for before long come along when another one is read.</param>
    /// <param name="isFirst">The caller has to see the image itself: that the cloud reports no change of it is not enough.</param>
    /// <param name="company">Gives up to so many terms that others will ask for next; a request that has room for them reads them
    /// too.</param>
    /// <exception cref="CloudException"/>
    public async Task<ImageReading> ReadAsync(
        ImageTerm term, TimeSpan maxAge, TimeSpan usualAge, CancellationToken cancellationToken, bool isFirst = false,
            Func<int, IEnumerable<ImageTerm>>? company = null)
    {
        Task<ImageReading> news;
        lock (gate)
        {
            var entry = Entry(term);
            var now = time.GetUtcNow();
            entry.LastAsked = now;
            if (usualAge > TimeSpan.Zero) entry.UsualAge = usualAge;
            if (entry.Reading is { } reading && maxAge > TimeSpan.Zero && now - reading.AsOf <= maxAge && entry.IsCurrent) return Overlaid(
                reading);
            if (!demands.TryGetValue(term, out var demand)) demands[term] = demand = new Demand(demands.Count, Activity.Current);
            if (maxAge > TimeSpan.Zero && !isFirst) demand.IsPeriodic = true;
            else demand.IsUrgent = true;
            if (now - maxAge > demand.NotBefore) demand.NotBefore = now - maxAge;
            demand.Company ??= company;
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

    /// <summary>Asks with one request what changed since the last time, and raises <see cref="Changed"/> for what it concerns. A reading
    /// from before does not answer anybody any more who asks for that. It finds no image that was deleted or hidden, and nothing in a cloud
    /// without the filter.</summary>
    /// <param name="isBeingWritten">Images that this process writes to: who does reads them afterwards.</param>
    internal async Task ProbeAsync(Func<string, bool> isBeingWritten, CancellationToken cancellationToken)
    {
        if (await hint.NewsAsync(Witnesses, cancellationToken) is not [_, ..] changed) return;
        List<ImageChange> changes = [];
        lock (gate)
        {
            var now = time.GetUtcNow();
            var ids = changed.Where(image => !isBeingWritten(image.Id)).ToDictionary(image => image.Id, StringComparer.OrdinalIgnoreCase);
            var names = ids.Values.ToLookup(image => image.Name);
            foreach (var (term, entry) in known)
            {
                if (entry.Reading is not { } reading) continue;
                var before = reading.Images.Where(image => ids.ContainsKey(image.Id))
                    .Select(image => Overlaid(image, reading.AsOf)).ToArray();
                Image[] after = term.Kind switch
                {
                    ImageTermKind.Id => ids.TryGetValue(term.Text, out var image) ? [ImageQueries.Slim(image)] : [],
                    ImageTermKind.Name => [.. names[term.Text].Select(ImageQueries.Slim)],
                    _ => [.. ids.Values.Where(image => image.Visibility != "community" || term == ImageTerm.Community)],
                };
                if (Differences(before, after) is not [_, ..] differences) continue;
                // The next reading is compared with this, so that it reports nothing twice.
                Keep(entry, reading with { Images = [.. reading.Images.ExceptBy(ids.Keys, image => image.Id), .. after] });
                entry.ChangedAt = now;
                changes.Add(new ImageChange(term, differences));
            }
        }

        foreach (var change in changes) Changed?.Invoke(change);
    }

    /// <summary>The images that were changed last: some may be deleted or hidden by now.</summary>
    private Image[] Witnesses()
    {
        lock (gate)
        {
            return [.. known.Values.SelectMany(entry => entry.Reading?.Images ?? [])
                .Where(image => image is { OsHidden: false, UpdatedAt: not null })
                .DistinctBy(image => image.Id).OrderByDescending(image => image.UpdatedAt).Take(MostWitnesses)];
        }
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
                var left = await SkipUnchangedAsync([.. due.Union(round.Keys).Union(Company(round))], round);
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

    /// <summary>As many terms that will be asked for next as there is room for in the last request of a round.</summary>
    private List<ImageTerm> Company(Dictionary<ImageTerm, Demand> round)
    {
        if (round.Values.FirstOrDefault(demand => demand.Company is not null) is not { } demand) return [];
        List<ImageTerm> company = [.. demand.Company!(ImageQueries.MostTerms - (round.Count % ImageQueries.MostTerms))];
        lock (gate)
        {
            company.RemoveAll(known.ContainsKey);
            foreach (var term in company) (Entry(term).LastAsked, Entry(term).UsualAge) = (time.GetUtcNow(), ForCompany);
        }

        return company;
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
                if (mayBeOld && Entry(term) is { MayBeHinted: true, IsCurrent: true, Reading: { Images.Count: > 0 } reading } entry
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
            Keep(entry, reading);
            if (answer is not null) (entry.FullyReadAt, entry.MayBeHinted) = (reading.AsOf, answer.IsListed
                && answer.Images.All(image => !image.OsHidden));
        }

        var current = Overlaid(reading);
        // Those who wait are not the only ones whom it may concern.
        if (old is not null && Differences(Overlaid(old).Images, current.Images) is [_, ..] differences) Changed?.Invoke(
            new ImageChange(term, differences));
        if (round.TryGetValue(term, out var demand)) demand.Answer.TrySetResult(current);
        else if (Meanwhile(term, reading, isWhole: answer is not null) is { } asker) asker.Answer.TrySetResult(current);
    }

    /// <summary>Where there is no room for it, the next one who asks has it read again.</summary>
    private void Keep(Known entry, ImageReading reading)
    {
        room.TryAdd(-entry.Size);
        var size = reading.Images.Sum(ListMemory.SizeOf);
        (entry.Reading, entry.Size) = room.TryAdd(size) ? (reading, size) : (null, 0);
    }

    /// <summary>Somebody who asked while the request was under way, and for whom its answer is new enough.</summary>
    private Demand? Meanwhile(ImageTerm term, ImageReading reading, bool isWhole)
    {
        lock (gate)
        {
            if (!demands.TryGetValue(term, out var demand) || reading.AsOf <= demand.NotBefore || (demand.IsUrgent && !isWhole)
                || !Entry(term).IsCurrent) return null;
            demands.Remove(term);
            return demand;
        }
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

    /// <summary>Each image that is not the same in both, as it is in either.</summary>
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

    private sealed class Known
    {
        public ImageReading? Reading { get; set; }

        /// <summary>What the reading takes in memory.</summary>
        public long Size { get; set; }

        public DateTimeOffset FullyReadAt { get; set; }

        /// <summary>When the cloud reported a change of it last.</summary>
        public DateTimeOffset ChangedAt { get; set; }

        /// <summary>The cloud has reported no change since it was read.</summary>
        public bool IsCurrent => Reading is null || Reading.AsOf >= ChangedAt;

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

        /// <summary>A reading that was begun later than this answers it.</summary>
        public DateTimeOffset NotBefore { get; set; } = DateTimeOffset.MinValue;

        public Func<int, IEnumerable<ImageTerm>>? Company { get; set; }

        /// <summary>Somebody looks again as time goes by; others will soon.</summary>
        public bool IsPeriodic { get; set; }

        /// <summary>Somebody needs the image itself, not only the word that nothing changed.</summary>
        public bool IsUrgent { get; set; }
    }
}
