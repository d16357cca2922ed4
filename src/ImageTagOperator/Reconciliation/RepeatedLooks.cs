using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Reconciliation;

/// <summary>Recognizes that a reconcile would have the inputs of the last one, which found all in order: then its result is the same. This
/// is what most reconciles find. Only for sets that name their image, and that no other set shares the image with.</summary>
public sealed class RepeatedLooks(SetRegistry registry, CloudResolver clouds, ImageReadings readings, TimeProvider time)
{
    /// <summary>Records the inputs of a reconcile.</summary>
    /// <param name="version">The <c>resourceVersion</c> of the set before the reconcile. When it wrote the status, the next one has other
    /// inputs.</param>
    public void Record(V1Alpha1ImageTagSet set, string? version, SetResult result)
    {
        var registered = registry.Of(set);
        var memory = registered.Memory;
        var isUnchanged = registered.Set.Metadata.ResourceVersion == version && memory is { Dropped: null, Contention: null };
        memory.OrderlyLook = isUnchanged && OnlyImage(set, result) is { By: var by } image
            ? new OrderlyLook(registered.Set, by.Session, by.Access, image.Image)
            : null;
    }

    /// <summary>True when a reconcile of the set would find what the last one found. Reads what the reconcile would read.</summary>
    /// <param name="set">The object of the watch cache.</param>
    public async Task<bool> IsRepeatedAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken)
    {
        var registered = registry.Of(set);
        var last = registered.Memory.OrderlyLook;
        registered.Memory.OrderlyLook = null;       // the reconcile that follows may fail
        if (last is null || await ReadSameAsync(last, registered, set, cancellationToken) is not { } image) return false;
        registered.Memory.OrderlyLook = last with { Image = image };        // the older object can be collected
        return true;
    }

    /// <returns>The image; null when the inputs are not those of the last reconcile.</returns>
    private async Task<Image?> ReadSameAsync(
        OrderlyLook last, RegisteredSet registered, V1Alpha1ImageTagSet set, CancellationToken cancellationToken)
    {
        if (last.Set != set || registered.Set != set || IsVerificationDue(set)) return null;
        try
        {
            var resolving = clouds.ResolveAsync(registered, set.Spec.CloudCredentialsRef, cancellationToken);
            var session = await Steps.During(Steps.Credentials, resolving);
            if (session != last.Session) return null;
            if (await Steps.During(Steps.LogIn, session.GetAccessAsync(cancellationToken)) != last.Access) return null;
            var reading = await Steps.During(Steps.Read, readings.ReadAgainAsync(registered, set, session, cancellationToken));
            return reading is { Images: [var image], UnreadableIds: [] } && image.IsSameAs(last.Image)
                && registry.FindByImage(ImageChoice.Facts(image)).All(other => other == registered) ? image : null;
        }
        catch (Exception e) when (e is ProblemException or CloudException)
        {
            return null;        // the reconcile meets the same error and reports it
        }
    }

    /// <summary>The image of a set that is in order; null when something else than this image can change the next result.</summary>
    private static ObservedImage? OnlyImage(V1Alpha1ImageTagSet set, SetResult result) =>
        set.Spec is { Mode: TagSetMode.Enforce, Image.Selector: null } && !result.ChangedAnything && result.Worst is null
        && result is { Images: [{ Plan.IsEmpty: true, WriteAccess: null, Observed: { Others: [] } only }], Left: [] }
        && result.Plan!.Observed is { UnreadableIds: [], IsHandedOver: false, Left: { Gone: [], Unreached: [], Kept: [], Retained: [] } }
            ? only : null;

    private bool IsVerificationDue(V1Alpha1ImageTagSet set)
    {
        var history = set.Status.History();
        return history.Find(Condition.Ready) is not { } ready
            || history.IsVerificationDue(ready, time.GetUtcNow(), RequeuePolicy.Interval(set.Spec.Interval));
    }
}
