using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Guards;

/// <summary>Notices that another client keeps undoing what a set does, and has the set leave the image alone for a while: two controllers
/// that fight over a tag cost people and cloud dear, and neither wins.</summary>
/// <remarks>
/// <code>
/// a change was done             the count of that change goes up by one; changes that were not done again are forgotten
/// a count is above three        the image is left alone for five intervals, at least ten minutes
/// nothing was done              all is forgotten, once half an interval has gone by since the last change
/// the spec was edited           all is forgotten
/// </code>
/// </remarks>
public sealed class ContentionState
{
    /// <summary>Times in a row that a change must be found undone at the very next look.</summary>
    private const int Proof = 3;

    private static readonly TimeSpan ShortestTruce = TimeSpan.FromMinutes(10);

    private readonly long? generation;
    private readonly IReadOnlyDictionary<ImageStep, int> counts;
    private readonly DateTimeOffset changedAt;
    private readonly DateTimeOffset heldUntil;

    private ContentionState(
        long? generation, IReadOnlyDictionary<ImageStep, int> counts, DateTimeOffset changedAt, DateTimeOffset heldUntil) =>
        (this.generation, this.counts, this.changedAt, this.heldUntil) = (generation, counts, changedAt, heldUntil);

    public bool IsFought(ImageStep step) => counts.GetValueOrDefault(step) > Proof;

    /// <summary>For each image that is left alone now, a change that is fought over, whether or not it would have to be done at the
    /// moment.</summary>
    public static ILookup<string, TagStep> Held(ContentionState? state, long? generation, DateTimeOffset now)
    {
        var holds = state is not null && state.generation == generation && now < state.heldUntil;
        return (holds ? state!.counts.Keys.Where(state.IsFought) : []).ToLookup(step => step.ImageId, step => step.Step);
    }

    /// <summary>After a reconcile that did these changes; null when there is nothing to remember.</summary>
    public static ContentionState? After(
        ContentionState? state, long? generation, IReadOnlyCollection<ImageStep> done, TimeSpan interval, DateTimeOffset now)
    {
        var known = state?.generation == generation ? state : null;
        // That a change is still there right after it was done proves nothing.
        if (done.Count == 0) return known is not null && now - known.changedAt <= interval / 2 ? known : null;
        var counts = done.ToDictionary(step => step, step => (known?.counts.GetValueOrDefault(step) ?? 0) + 1);
        var isFought = counts.Values.Any(count => count > Proof);
        // What is fought over is not forgotten because something else was changed meanwhile.
        foreach (var (step, count) in known?.counts ?? new Dictionary<ImageStep, int>())
        {
            if (count > Proof) counts.TryAdd(step, count);
        }

        var truce = interval * 5 < ShortestTruce ? ShortestTruce : interval * 5;
        return new ContentionState(generation, counts, now, isFought ? now + truce : known?.heldUntil ?? DateTimeOffset.MinValue);
    }
}
