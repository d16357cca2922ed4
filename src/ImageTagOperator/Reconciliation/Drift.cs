using ImageTagOperator.Entities;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Differences that nobody declared: on images that the set had in order, or, where it may not write, that it has not told of yet.</summary>
/// <param name="Found">Tags that were seen to differ for the first time.</param>
/// <param name="Mended">Tags that were put right.</param>
internal readonly record struct Drift(int Found, int Mended)
{
    public static Drift Of(V1Alpha1ImageTagSet set, ImageTagSetStatus before, Outcome outcome)
    {
        var (found, mended) = (0, 0);
        var wasInOrder = StatusBuilder.IsInOrder(before, set.Metadata.Generation);
        foreach (var result in outcome.Images ?? [])
        {
            var steps = result.Planned.Steps;
            if (steps.IsEmpty || Location.Find(before, result.Image.Id, result.Job.Access.Cloud) is not { } known) continue;
            if (set.Spec.Mode == TagSetMode.Observe)
            {
                found += steps.Count(step => !IsPending(known.Pending, step));
            }
            else if (wasInOrder)
            {
                if (StatusBuilder.Find(before, "Reconciling") is null) found += steps.Length;
                mended += steps.Count(step => (step.Verb == TagVerb.Add ? result.Added : result.Removed).Contains(step.Tag));
            }
        }

        return new Drift(found, mended);
    }

    private static bool IsPending(PendingTags? pending, TagStep step) => (step.Verb == TagVerb.Add ? pending?.Add : pending?.Remove)?.Contains(step.Tag) == true;
}
