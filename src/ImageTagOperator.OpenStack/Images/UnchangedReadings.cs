namespace ImageTagOperator.OpenStack.Images;

/// <summary>Finds the cached readings that are still valid with one list of changes, when that saves requests.</summary>
internal sealed class UnchangedReadings(ReadingCache cache, ImageQueries queries, ChangeHint hint)
{
    /// <summary>The list of changes does not show deleted or hidden images, so it is used only when it replaces more requests than
    /// this.</summary>
    private const int MinRequestsSaved = 2;

    /// <param name="terms">All terms of the round.</param>
    /// <param name="mayBeOld">Whether a cached reading is enough for a term.</param>
    /// <param name="now">A time before the call.</param>
    /// <returns>The readings that are still valid. A term without one must be read.</returns>
    public async Task<IReadOnlyDictionary<ImageTerm, ImageReading>> FindAsync(
        IReadOnlyCollection<ImageTerm> terms, Func<ImageTerm, bool> mayBeOld, DateTimeOffset now)
    {
        var none = new Dictionary<ImageTerm, ImageReading>();
        if (!SavesRequests(terms)) return none;
        // For a list of images it would miss new and deleted ones.
        var candidates = cache.Provable(terms.Where(term => term.Kind != ImageTermKind.List && mayBeOld(term)), now);
        if (!SavesRequests(candidates.Keys)) return none;
        var images = candidates.Values.SelectMany(reading => reading.Images);
        var since = candidates.Values.Min(reading => reading.AsOf);
        if (await hint.ChangedSinceAsync(since, images, CancellationToken.None) is not { } changed) return none;
        var names = changed.Values.Select(image => ImageTerm.Name(image.Name ?? "")).ToHashSet();
        return candidates.Where(pair => !HasChangedImage(pair.Value) && !HasNewImage(pair.Key, pair.Value)).ToDictionary();

        bool HasChangedImage(ImageReading reading) => reading.Images.Any(old => changed.TryGetValue(old.Id, out var image)
            && !cache.WithNewerReads(old, reading.AsOf).IsSameAs(image));

        bool HasNewImage(ImageTerm term, ImageReading reading) => term.Kind == ImageTermKind.Name && names.Contains(term)
            && changed.Values.Any(image => image.Name == term.Text && reading.Images.All(old => old.Id != image.Id));
    }

    private bool SavesRequests(IEnumerable<ImageTerm> terms) => queries.Groups(terms).Count > MinRequestsSaved;
}
