using System.Collections.Concurrent;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>The last reading of each term, and newer reads of single images. Thread-safe. It never sends a request.</summary>
/// <param name="memory">The memory for the readings.</param>
internal sealed class ReadingCache(MemoryReservation memory, CloudLimits limits, TimeProvider time)
{
    private const int MaxSamples = 50;

    private readonly Lock gate = new();
    private readonly Dictionary<ImageTerm, CachedReading> entries = [];
    private readonly ConcurrentDictionary<string, (Image Image, DateTimeOffset AsOf)> single = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The number of terms.</summary>
    public int Count
    {
        get
        {
            lock (gate) return entries.Count;
        }
    }

    /// <summary>Whether there is a list of images: only these have properties.</summary>
    public bool HasList
    {
        get
        {
            lock (gate) return entries.Keys.Any(term => term.Kind == ImageTermKind.List);
        }
    }

    /// <summary>The reading of a term, if it is at most <paramref name="maxAge"/> old and no probe reported a change since.</summary>
    /// <param name="usualAge">The age that the caller's next read of the term accepts; zero: there is none.</param>
    public ImageReading? Find(ImageTerm term, DateTimeOffset now, TimeSpan maxAge, TimeSpan usualAge)
    {
        lock (gate)
        {
            var entry = Entry(term);
            entry.LastAsked = now;
            if (usualAge > TimeSpan.Zero) entry.UsualAge = usualAge;
            return entry is { Reading: { } reading, IsCurrent: true } && maxAge > TimeSpan.Zero && now - reading.AsOf <= maxAge
                ? WithNewerReads(reading)
                : null;
        }
    }

    /// <summary>The reading of a term, of any age; null when there is none.</summary>
    public ImageReading? Latest(ImageTerm term)
    {
        lock (gate) return entries.TryGetValue(term, out var entry) && entry.Reading is { } reading ? WithNewerReads(reading) : null;
    }

    /// <summary>No probe reported a change since the reading.</summary>
    public bool IsCurrent(ImageTerm term)
    {
        lock (gate) return Entry(term).IsCurrent;
    }

    /// <summary>Stores a reading.</summary>
    /// <param name="answer">The answer that the reading is from; null: a list of changes showed that the reading before is still
    /// valid.</param>
    /// <returns>The reading with newer reads of single images, and its difference from the reading before; null when there is
    /// none.</returns>
    public (ImageReading Current, ImageChange? Change) Store(ImageTerm term, ImageReading reading, ImageAnswer? answer)
    {
        lock (gate)
        {
            var entry = Entry(term);
            var old = entry.Reading;
            Keep(entry, reading);
            if (answer is not null) (entry.FullyReadAt, entry.IsListed) = (reading.AsOf, answer.IsListed
                && answer.Images.All(image => !image.OsHidden));
            var current = WithNewerReads(reading);
            return (current, old is null ? null : ImageChange.Between(term, WithNewerReads(old).Images, current.Images));
        }
    }

    /// <summary>Stores an image that was read after a write. It is newer than the readings of its terms.</summary>
    public void Store(Image image, DateTimeOffset asOf)
    {
        var read = (ImageQueries.WithoutProperties(image), asOf);
        single.AddOrUpdate(image.Id, read, (_, old) => old.AsOf > asOf ? old : read);
    }

    /// <summary>Applies a list of changes. The older readings of the changed terms are then stale.</summary>
    public IReadOnlyList<ImageChange> Apply(IEnumerable<Image> changed)
    {
        var ids = changed.ToDictionary(image => image.Id, StringComparer.OrdinalIgnoreCase);
        var names = ids.Values.ToLookup(image => image.Name);
        List<ImageChange> changes = [];
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var (term, entry) in entries)
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
                if (ImageChange.Between(term, before, after) is not { } change) continue;
                // The next reading is compared with this one, so that a change is reported once.
                Keep(entry, reading with { Images = [.. reading.Images.ExceptBy(ids.Keys, image => image.Id), .. after] });
                entry.ChangedAt = now;
                changes.Add(change);
            }
        }

        return changes;
    }

    /// <summary>The images that changed last. Some can be deleted or hidden since.</summary>
    public IReadOnlyList<Image> RecentlyChanged()
    {
        lock (gate)
        {
            return [.. entries.Values.SelectMany(entry => entry.Reading?.Images ?? [])
                .Where(image => image is { OsHidden: false, UpdatedAt: not null })
                .DistinctBy(image => image.Id).OrderByDescending(image => image.UpdatedAt).Take(MaxSamples)];
        }
    }

    /// <summary>The periodic terms that are due soon.</summary>
    public IReadOnlyList<ImageTerm> DueSoon()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            return [.. entries.Where(pair => pair.Value is { Reading.Images.Count: > 0 } entry && entry.UsualAge > TimeSpan.Zero
                && now - entry.Reading.AsOf > entry.UsualAge / 2).Select(pair => pair.Key)];
        }
    }

    /// <summary>The readings that a list of changes can prove to be valid still: a list shows their images, and they were read fully not
    /// long ago.</summary>
    public IReadOnlyDictionary<ImageTerm, ImageReading> Provable(IEnumerable<ImageTerm> terms, DateTimeOffset now)
    {
        var found = new Dictionary<ImageTerm, ImageReading>();
        lock (gate)
        {
            foreach (var term in terms)
            {
                if (Entry(term) is { IsListed: true, IsCurrent: true, Reading: { Images.Count: > 0 } reading } entry
                    && now - entry.FullyReadAt < limits.FullReadInterval) found[term] = reading;
            }
        }

        return found;
    }

    /// <summary>Adds terms that nobody asked for yet. Returns those that are new.</summary>
    public IReadOnlyList<ImageTerm> AddNew(IEnumerable<ImageTerm> terms, TimeSpan usualAge)
    {
        lock (gate)
        {
            ImageTerm[] added = [.. terms.Where(term => !entries.ContainsKey(term))];
            foreach (var term in added) (Entry(term).LastAsked, Entry(term).UsualAge) = (time.GetUtcNow(), usualAge);
            return added;
        }
    }

    /// <summary>Removes unused entries. Each edit of a set can add a term.</summary>
    public void RemoveUnused()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var term in entries.Where(pair => now - pair.Value.LastAsked > (pair.Value.UsualAge * 3) + TimeSpan.FromMinutes(1))
                .Select(pair => pair.Key).ToArray())
            {
                memory.TryAdd(-entries[term].Size);
                entries.Remove(term);
            }

            foreach (var (id, _) in single.Where(pair => now - pair.Value.AsOf > limits.FullReadInterval)) single.TryRemove(id, out _);
        }
    }

    /// <summary>Replaces images with newer reads of single images.</summary>
    public ImageReading WithNewerReads(ImageReading reading) =>
        reading with { Images = [.. reading.Images.Select(image => WithNewerReads(image, reading.AsOf))] };

    /// <summary>The newer read of a single image, if there is one; else the image.</summary>
    public Image WithNewerReads(Image image, DateTimeOffset asOf) =>
        single.TryGetValue(image.Id, out var newer) && newer.AsOf > asOf ? newer.Image with { OtherMembers = image.OtherMembers } : image;

    private CachedReading Entry(ImageTerm term)
    {
        if (!entries.TryGetValue(term, out var entry)) entries[term] = entry = new CachedReading();
        return entry;
    }

    /// <summary>When the memory limit is reached, the reading is not stored and the next caller reads again.</summary>
    private void Keep(CachedReading entry, ImageReading reading)
    {
        memory.TryAdd(-entry.Size);
        var size = reading.Images.Sum(ListMemory.SizeOf);
        (entry.Reading, entry.Size) = memory.TryAdd(size) ? (reading, size) : (null, 0);
    }
}
