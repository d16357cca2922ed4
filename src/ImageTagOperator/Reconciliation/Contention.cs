using System.Collections.Concurrent;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Notices that somebody else keeps undoing what a set does, and slows the set down: two controllers that fight over a tag cost both
/// clouds and people dear, and neither wins. Known to this process only. Safe for concurrent use.</summary>
public sealed class Contention(TimeProvider time)
{
    /// <summary>Times in a row that a change must be found undone at the very next look.</summary>
    private const int Proof = 3;

    private static readonly TimeSpan ShortestTruce = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, State> states = new();

    /// <summary>Why the set keeps still for now although something would have to change, or null.</summary>
    public Problem? WhyHeld(V1Alpha1ImageTagSet set, IEnumerable<ImageResult> planned)
    {
        if (!states.TryGetValue(set.Metadata.Uid!, out var state) || state.Generation != set.Metadata.Generation || time.GetUtcNow() >= state.HeldUntil) return null;
        var wanted = Steps(planned, image => image.Plan.Steps).ToHashSet();
        var fought = state.Done.Where(pair => pair.Value > Proof && wanted.Contains(pair.Key)).Select(pair => pair.Key).ToArray();
        return fought.Length == 0 ? null : Of(fought, state.HeldUntil - time.GetUtcNow());
    }

    /// <summary>Notes what was done this time, and says so when it was once too often.</summary>
    public Problem? Note(V1Alpha1ImageTagSet set, IReadOnlyList<ImageResult> results)
    {
        var before = states.TryGetValue(set.Metadata.Uid!, out var state) && state.Generation == set.Metadata.Generation ? state.Done : [];
        var done = Steps(results, image => [.. image.Added.Select(tag => new TagStep(TagVerb.Add, tag)), .. image.Removed.Select(tag => new TagStep(TagVerb.Remove, tag))])
            .ToDictionary(step => step, step => before.GetValueOrDefault(step) + 1);
        if (done.Count == 0)
        {
            // That it is still there right after the change says nothing.
            if (state is not null && time.GetUtcNow() - state.ChangedAt > Pace.Interval(set.Spec) / 2) states.TryRemove(set.Metadata.Uid!, out _);
            return null;
        }

        var fought = done.Where(pair => pair.Value > Proof).Select(pair => pair.Key).ToArray();
        var truce = Pace.Interval(set.Spec) * 5;
        if (truce < ShortestTruce) truce = ShortestTruce;
        states[set.Metadata.Uid!] = new State(set.Metadata.Generation, done, time.GetUtcNow(), fought.Length == 0 ? DateTimeOffset.MinValue : time.GetUtcNow() + truce);
        return fought.Length == 0 ? null : Of(fought, truce);
    }

    public void Forget(V1Alpha1ImageTagSet set) => states.TryRemove(set.Metadata.Uid!, out _);

    private static IEnumerable<Step> Steps(IEnumerable<ImageResult> images, Func<ImageResult, IEnumerable<TagStep>> steps) =>
        images.SelectMany(image => steps(image).Select(step => new Step(image.Image.Id, image.Job.Describe(), step)));

    private static Problem Of(Step[] fought, TimeSpan truce)
    {
        var (_, image, (verb, tag)) = fought[0];
        var others = fought.Length == 1 ? "" : $", and {fought.Length - 1} more like it";
        return new Problem(
            Reason.Contended,
            $"Somebody else {(verb == TagVerb.Add ? "removes" : "adds")} tag '{tag}' {(verb == TagVerb.Add ? "from" : "to")} {image} each time it was {(verb == TagVerb.Add ? "added" : "removed")}{others}. "
            + "Find who that is, or leave the tag to them (spec.tags, spec.ignoreTags); until then changes are made at a slower pace.",
            truce);
    }

    private sealed record Step(string ImageId, string Image, TagStep What);

    private sealed record State(long? Generation, Dictionary<Step, int> Done, DateTimeOffset ChangedAt, DateTimeOffset HeldUntil);
}
