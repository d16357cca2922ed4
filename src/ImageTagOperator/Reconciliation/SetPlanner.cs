using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Reconciliation;

/// <summary>Plans the changes for an observation: one plan per image, and the guards for all of them.</summary>
public sealed class SetPlanner(OperatorOptions options, TimeProvider time)
{
    public SetPlan Plan(V1Alpha1ImageTagSet set, Observation observed)
    {
        var memory = observed.Set.Memory;
        var (isDeleted, now) = (observed.By is null, time.GetUtcNow());
        var contended = ContentionState.PausedImages(memory.Contention, set.Metadata.Generation, now);
        var removals = new RemovalBudget(isDeleted ? null : set.Spec.MaxRemovals);
        var plan = new SetPlan(
            observed,
            [.. observed.Images.Select(image => WithContention(PlannedImage.Of(image)))],
            [.. observed.Left.Leaving.Select(image => WithContention(
                PlannedImage.Of(image, OfOtherShard(image) ?? ImageProblems.UncertainOf(image, time))))],
            removals);
        var blocked = set.Spec.Mode == TagSetMode.Observe ? null : TooManyRemovals(plan);
        var isUnreached = observed.Left.Unreached.Any(image => image.Leaving is not null);
        memory.UnreachedSince = isUnreached ? memory.UnreachedSince ?? now : null;
        return plan with
        {
            Blocked = blocked,
            Images = [.. plan.Images.Select(image => image with { IsHeld = blocked is not null })],
            HasGivenUp = now - memory.UnreachedSince >= options.DeletionDeadline,
        };

        PlannedImage WithContention(PlannedImage image) =>
            image.Problem is null && contended[image.Observed.Key].ToArray() is [var step, ..]
            ? image with { Problem = ImageProblems.Contended(image.Observed, step) }
            : image;
    }

    /// <summary>True when the plan has writes and its reading is old. A cached reading can show that nothing has to change, but a write
    /// needs a fresh one.</summary>
    public bool IsTooOldFor(SetPlan plan) => plan.HasWork && time.GetUtcNow() - plan.Observed.AsOf > TagApplier.FreshFor;

    /// <summary>Only the shard of a cloud writes to its images. This problem in the status makes that shard take over.</summary>
    private Problem? OfOtherShard(ObservedImage image) => options.Shard.Owns(image.By.Cloud) ? null
        : new Problem(Reason.Transient, $"The shard of the operator that works on {image.By.Cloud} releases it.");

    private static Problem? TooManyRemovals(SetPlan plan)
    {
        PlannedImage[] all = [.. plan.All];
        string[] removals = [.. all.Where(image => image.Problem is null || image.Problem.Reason == Reason.Conflict)
            .SelectMany(image => image.Share.LimitedRemovals)];
        return plan.Removals.Refuse(removals, all is [var one] ? one.Observed.Description : $"{all.Length} images");
    }
}
