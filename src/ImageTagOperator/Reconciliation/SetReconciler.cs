using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Reconciliation;

/// <summary>Reconciles the images of a set: observe, plan, record ownership, apply. The controller, the finalizer and the commands report
/// the result.</summary>
public sealed class SetReconciler(
    SetRegistry registry, CloudResolver clouds, Observer observer, SetPlanner planner, StatusWriter status, TagApplier applier,
        TimeProvider time)
{
    /// <summary>Reconciles a set. Errors of the cloud and the credentials are part of the result.</summary>
    /// <param name="onlyPlan">Plan without any write.</param>
    public async Task<SetResult> ReconcileAsync(V1Alpha1ImageTagSet set, bool onlyPlan, CancellationToken cancellationToken)
    {
        var registered = registry.Of(set);
        if (registered.Invalid is { } invalid) return SetResult.Failed(invalid);
        if (set.Spec.Suspend) return SetResult.Suspended;
        try
        {
            var cloud = await observer.ConnectAsync(registered, set, cancellationToken);
            var plan = planner.Plan(set, await observer.ObserveAsync(registered, set, cloud, cancellationToken));
            if (planner.IsTooOldFor(plan)) plan = planner.Plan(set, await observer.ObserveAsync(registered, set, cloud, cancellationToken));
            if (plan.IsReached) registered.Memory.LastGood = cloud.Session;
            if (onlyPlan || set.Spec.Mode == TagSetMode.Observe) return SetResult.Of(plan);
            await status.SaveOwnershipAsync(set, plan, cancellationToken);      // write-ahead
            var written = await Steps.During(Steps.Write, ApplyAsync(plan, plan.Images, cancellationToken));
            if (plan.Blocked is not null) return SetResult.Of(plan) with { Images = written };
            var released = await Steps.During(Steps.Write, ApplyAsync(plan, WithKeptTags(set, plan, written), cancellationToken));
            return WithContention(set, new SetResult(plan, written, released, plan.Observed.Problem));
        }
        catch (ProblemException e)
        {
            return SetResult.Failed(e.Problem);
        }
        catch (CloudException e)
        {
            return SetResult.Failed(Problems.Of(e).Of(clouds.Describe(registered)));
        }
    }

    /// <summary>Removes the tags of a deleted set. No ownership is recorded, because its status already contains the tags.</summary>
    public async Task<SetResult> ReleaseAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken)
    {
        var plan = planner.Plan(set, await observer.ObserveDeletedAsync(registry.Of(set), set, cancellationToken));
        var released = await ApplyAsync(plan, plan.Leaving, cancellationToken);
        var heirs = released.SelectMany(image => image.Share.PendingHandovers.Values.Append(image.Share.PendingRecord)).OfType<string>();
        foreach (var heir in heirs.Distinct())
        {
            registry.RequestLook(NamespacedName.Parse(heir), set.Key());
        }

        return new SetResult(plan, [], released, plan.Observed.Problem);
    }

    /// <summary>Applies the plans in parallel, within the limits of the cloud client.</summary>
    private Task<ImageResult[]> ApplyAsync(SetPlan plan, IEnumerable<PlannedImage> images, CancellationToken cancellationToken) =>
        Task.WhenAll(images.Select(image => applier.ApplyAsync(image, plan.Removals, cancellationToken)));

    /// <summary>Until all images that the set applies to have all tags, declared tags are kept on the images that it leaves, so that a
    /// moving tag is always on one of them.</summary>
    private static IEnumerable<PlannedImage> WithKeptTags(V1Alpha1ImageTagSet set, SetPlan plan, IEnumerable<ImageResult> written)
    {
        var images = written.Select(image => (HasAllDeclared(image), image.Problem));
        if (MoveOrder.MayRelease([.. images], plan.Observed.IsListIncomplete)) return plan.Leaving;
        return plan.Leaving.Select(image => set.Spec.Tags.Intersect(image.Observed.Claim.Managed).ToArray() is [_, ..] stays
            ? PlannedImage.Of(image.Observed with { KeptTags = stays }, image.Problem)
            : image);
    }

    /// <summary>True when the image has all declared tags, and the set can keep them there. An image that another set excludes it from is
    /// not read again before the writes, so an older reading shows nothing.</summary>
    private static bool HasAllDeclared(ImageResult image) => image.Share.HasAllDeclared
        && image.Problem?.Reason != Reason.ImageNotFound && image.Problem?.Reason != Reason.Forbidden
        && (image.Share.Winner is null || !image.Observed.Gate.WrittenSince(image.Observed.Reading.Sequence));

    private SetResult WithContention(V1Alpha1ImageTagSet set, SetResult result)
    {
        if (!result.ChangedAnything && result.Worst is not null) return result;
        ImageStep[] done = [.. result.All.SelectMany(Done)];
        var memory = result.Plan!.Observed.Set.Memory;
        var state = ContentionState.After(
            memory.Contention, set.Metadata.Generation, done, RequeuePolicy.Interval(set.Spec.Interval), time.GetUtcNow());
        memory.Contention = state;
        return state is null ? result
            : result with { Images = [.. result.Images.Select(WithProblem)], Left = [.. result.Left.Select(WithProblem)] };

        ImageResult WithProblem(ImageResult image) =>
            image.Problem is null && Done(image).Where(state.IsContended).ToArray() is [var step, ..]
            ? image with { Problem = ImageProblems.Contended(image.Observed, step.Step) }
            : image;
    }

    private static IEnumerable<ImageStep> Done(ImageResult image)
    {
        var key = image.Observed.Key;       // one string for all steps: they are remembered for an interval
        return image.Done.Select(step => new ImageStep(key, step));
    }
}
