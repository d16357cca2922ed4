using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Guards;

/// <summary>Detects that another client keeps undoing the changes of a set, and pauses the writes to the image: two controllers that fight
/// over a tag load the cloud and neither wins.</summary>
/// <remarks>
/// <code>
/// a change was made             its count is increased by one; changes that were not made again are forgotten
/// a count is above three        the image is paused for five intervals, at least ten minutes
/// nothing was changed           all counts are reset once half an interval has passed since the last change
/// the spec was edited           all counts are reset
/// </code>
/// </remarks>
public sealed class ContentionState
{
    /// <summary>How many times in a row a change may be found undone at the next reconcile.</summary>
    private const int Threshold = 3;

    private static readonly TimeSpan MinimumPause = TimeSpan.FromMinutes(10);

    private readonly long? generation;
    private readonly IReadOnlyDictionary<ImageStep, int> counts;
    private readonly DateTimeOffset changedAt;
    private readonly DateTimeOffset pausedUntil;

    private ContentionState(
        long? generation, IReadOnlyDictionary<ImageStep, int> counts, DateTimeOffset changedAt, DateTimeOffset pausedUntil) =>
        (this.generation, this.counts, this.changedAt, this.pausedUntil) = (generation, counts, changedAt, pausedUntil);

    public bool IsContended(ImageStep step) => counts.GetValueOrDefault(step) > Threshold;

    /// <summary>The contended changes of each image that is paused now, including those that are not needed at the moment.</summary>
    public static ILookup<string, TagStep> PausedImages(ContentionState? state, long? generation, DateTimeOffset now)
    {
        var isPaused = state is not null && state.generation == generation && now < state.pausedUntil;
        return (isPaused ? state!.counts.Keys.Where(state.IsContended) : []).ToLookup(step => step.Image, step => step.Step);
    }

    /// <summary>The state after a reconcile that made these changes; null when there is nothing to remember.</summary>
    public static ContentionState? After(
        ContentionState? state, long? generation, IReadOnlyCollection<ImageStep> done, TimeSpan interval, DateTimeOffset now)
    {
        var known = state?.generation == generation ? state : null;
        // A change that is still there right after it was made proves nothing.
        if (done.Count == 0) return known is not null && now - known.changedAt <= interval / 2 ? known : null;
        var counts = done.ToDictionary(step => step, step => (known?.counts.GetValueOrDefault(step) ?? 0) + 1);
        var isContended = counts.Values.Any(count => count > Threshold);
        // Another change in the meantime does not reset the count of a contended one.
        foreach (var (step, count) in known?.counts ?? new Dictionary<ImageStep, int>())
        {
            if (count > Threshold) counts.TryAdd(step, count);
        }

        var pause = interval * 5 < MinimumPause ? MinimumPause : interval * 5;
        return new ContentionState(generation, counts, now, isContended ? now + pause : known?.pausedUntil ?? DateTimeOffset.MinValue);
    }
}
