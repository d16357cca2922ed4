using System.Collections.Concurrent;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Notices that somebody else keeps undoing what a set does, and slows down: two controllers that fight over a tag cost both
/// clouds and people dear, and neither wins. Known to this process only. Safe for concurrent use.</summary>
public sealed class Contention(TimeProvider time)
{
    /// <summary>Times in a row that a change must be found undone at the very next look.</summary>
    private const int Proof = 3;

    private static readonly TimeSpan ShortestTruce = TimeSpan.FromMinutes(10);

    private static readonly Dictionary<string, Problem> None = [];

    private readonly ConcurrentDictionary<string, State> states = new();

    /// <summary>Images that are left alone for now, and why: the truce holds whether or not something would have to change at the moment.</summary>
    public IReadOnlyDictionary<string, Problem> Held(V1Alpha1ImageTagSet set, IEnumerable<ImageResult> planned)
    {
        if (!states.TryGetValue(set.Metadata.Uid!, out var state) || state.Generation != set.Metadata.Generation || time.GetUtcNow() >= state.HeldUntil) return None;
        var fought = state.Done.Where(pair => pair.Value > Proof).ToLookup(pair => pair.Key.ImageId, pair => pair.Key);
        return planned.Where(image => fought.Contains(image.Image.Id)).ToDictionary(image => image.Image.Id, image => Of(image, fought[image.Image.Id].First()));
    }

    /// <summary>Notes what was done this time, and says for which images it was once too often.</summary>
    public IReadOnlyDictionary<string, Problem> Note(V1Alpha1ImageTagSet set, IReadOnlyList<ImageResult> results)
    {
        var state = states.TryGetValue(set.Metadata.Uid!, out var known) && known.Generation == set.Metadata.Generation ? known : null;
        var done = results.SelectMany(Done).ToDictionary(step => step, step => (state?.Done.GetValueOrDefault(step) ?? 0) + 1);
        if (done.Count == 0)
        {
            // That it is still there right after the change says nothing.
            if (state is not null && time.GetUtcNow() - state.ChangedAt > Pace.Interval(set.Spec) / 2) states.TryRemove(set.Metadata.Uid!, out _);
            return None;
        }

        var fought = results.Where(image => Done(image).Any(step => done[step] > Proof)).ToArray();
        // What is fought over is not forgotten because something else was changed meanwhile.
        foreach (var (step, count) in (state?.Done ?? []).Where(pair => pair.Value > Proof)) done.TryAdd(step, count);
        var truce = Pace.Interval(set.Spec) * 5;
        if (truce < ShortestTruce) truce = ShortestTruce;
        var until = fought.Length == 0 ? state?.HeldUntil ?? DateTimeOffset.MinValue : time.GetUtcNow() + truce;
        states[set.Metadata.Uid!] = new State(set.Metadata.Generation, done, time.GetUtcNow(), until);
        return fought.ToDictionary(image => image.Image.Id, image => Of(image, Done(image).First(step => done[step] > Proof)));
    }

    public void Forget(V1Alpha1ImageTagSet set) => states.TryRemove(set.Metadata.Uid!, out _);

    private static IEnumerable<Step> Done(ImageResult image) => Steps(
        image, [.. image.Added.Select(tag => new TagStep(TagVerb.Add, tag)), .. image.Removed.Select(tag => new TagStep(TagVerb.Remove, tag))]);

    private static IEnumerable<Step> Steps(ImageResult image, IEnumerable<TagStep> steps) => steps.Select(step => new Step(image.Image.Id, step));

    private static Problem Of(ImageResult image, Step step)
    {
        var isAdd = step.What.Verb == TagVerb.Add;
        return new Problem(
            Reason.Contended,
            $"Somebody else {(isAdd ? "removes" : "adds")} tag '{step.What.Tag}' {(isAdd ? "from" : "to")} {image.Job.Describe()} each time it was {(isAdd ? "added" : "removed")}. "
            + "Find who that is, or leave the tag to them (spec.tags, spec.ignoreTags); until then the image is changed at a slower pace.");
    }

    private sealed record Step(string ImageId, TagStep What);

    private sealed record State(long? Generation, Dictionary<Step, int> Done, DateTimeOffset ChangedAt, DateTimeOffset HeldUntil);
}
