using System.Text.Json;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>The problems of one image. Each message names the object, the cause and the fix.</summary>
internal static class ImageProblems
{
    /// <summary>Another set excludes this one; null when there is no conflict.</summary>
    public static Problem? ConflictOf(ObservedImage image, ImageShare share)
    {
        if (share.Winner is not { } winner) return null;
        var why = winner.OwnsImage && !share.Claim.OwnsImage ? "uses credentials of the project that owns" : "is older and also claims";
        var (name, it) = NameOf(image, winner.Owner);
        return new Problem(
            Reason.Conflict,
            $"{name} {why} {image.Description}, and one of the two has policy Exact, which shares with nobody. "
            + $"This set takes over when {it} is deleted. Delete one of them, merge their tags, or make both Additive.");
    }

    /// <summary>The name of the other set for messages. For a set of another namespace, only the namespace.</summary>
    public static (string Name, string It) NameOf(ObservedImage image, string owner)
    {
        var ofIt = owner[..Math.Max(0, owner.IndexOf('/'))];
        var isOurs = ofIt == (image.Set.Key.Namespace ?? "");
        return isOurs ? ($"ImageTagSet {owner}", owner) : ($"An ImageTagSet of namespace {ofIt}", "that one");
    }

    /// <summary>The set cannot leave the image yet; or null. A tag that another set declares must always have an owner, and a tag is
    /// restored after the sets that remove it.</summary>
    public static Problem? WaitingFor(ObservedImage image, ImageShare share)
    {
        if (share.PendingHandovers.FirstOrDefault() is { Key: { } declared, Value: var heir })
        {
            return Waiting($"This set keeps {declared} on {image.Description} until {NameOf(image, heir).Name}, which declares it too, has "
                + "taken it over. Nothing to do. If it lasts, look at the status of that set.");
        }

        if (share.PendingRestores.FirstOrDefault() is { Key: { } restored, Value: var other })
        {
            return Waiting($"{Capital(image)} is not restored yet: {NameOf(image, other).Name} must remove {restored} first. "
                + "Nothing to do: this set waits for it.");
        }

        return share.PendingRecord is { } successor
            ? Waiting($"This set keeps the record of the original tags of {image.Description} until {NameOf(image, successor).Name} has "
                + "taken it over. Nothing to do. If it lasts, look at the status of that set.")
            : null;

        static Problem Waiting(string message) => new(Reason.Transient, message);
    }

    /// <summary>An earlier write without a response can still be running, so the image can change; or null.</summary>
    public static Problem? UncertainOf(ObservedImage image, TimeProvider time) => image.Gate.UncertainFor(time) is not { Ticks: > 0 } pause
        ? null : new Problem(
        Reason.Transient,
        $"An earlier change to {image.Description} got no answer and may still be running; the operator reads the image again when "
            + "the change has ended.",
        pause);

    /// <summary>Why tags cannot be written to the image as it is now, or null.</summary>
    public static Problem? WhyNotActive(ObservedImage observed, Image image)
    {
        if (image is { IsActive: true, IsImporting: true })
        {
            return new Problem(
                Reason.ImageNotActive,
                $"The data of {observed.Description} is being imported or copied to other stores; "
                + $"its tags are set as soon as that is over. See its status: {Show(observed)} -c status");
        }

        if (image.IsActive) return null;
        return image.Status is "deactivated" or "killed" or "deleted" or "pending_delete"
            ? new Problem(
                Reason.ImageDeactivated,
                $"{Capital(observed)} has status '{image.Status}', and only active images are changed. "
                + $"Choose another, or reactivate it: {OpenStack(observed)} image set --activate {image.Id}")
            : new Problem(
                Reason.ImageNotActive, $"{Capital(observed)} has status '{image.Status}'; its tags are set as soon as it is active. "
                + $"See its status: {Show(observed)} -c status");
    }

    /// <summary>The tags that the cloud cannot add or remove, or null.</summary>
    /// <param name="image">The current state.</param>
    public static Problem? RefusalOf(ObservedImage observed, Image image, TagPlan plan)
    {
        if (plan.Refused.IsEmpty) return null;
        var refusals = string.Join("; ", plan.Refused.Select(refused => $"'{refused.Tag}' {refused.Why}"));
        return plan.Refused[0].Refusal switch
        {
            TagRefusal.NotAddressable => new(
                Reason.TagNotRemovable,
                $"{Capital(observed)} has tags that cannot be removed through the Image API: {refusals}. "
                + $"List them in spec.ignoreTags, or replace the image's tags, as its owner: {Replacement(observed, image, plan)}"),
            TagRefusal.Collision => new(Reason.TagCollision, $"{Capital(observed)} cannot have all declared tags: {refusals}."),
            _ => new(Reason.TagQuotaExceeded, $"{Capital(observed)} cannot have all declared tags: {refusals}."),
        };
    }

    /// <summary>A write failed.</summary>
    /// <param name="failsAlways">True when the removal of this tag failed so often that a retry does not help.</param>
    /// <param name="isProof">True when the step changes nothing, and was sent as a proof.</param>
    public static Problem OfWrite(ObservedImage observed, TagStep step, TagWriteOutcome outcome, bool failsAlways, bool isProof)
    {
        var what = (isProof, step.Verb) switch
        {
            (true, TagVerb.Add) => $"To test whether this set can write, tag '{step.Tag}', which is there, was sent again to",
            (true, _) => $"To test whether this set can write, tag '{step.Tag}', which no image has, was removed from",
            (_, TagVerb.Add) => $"Tag '{step.Tag}' could not be added to",
            _ => $"Tag '{step.Tag}' could not be removed from",
        };
        what = $"{what} {observed.Description}: {outcome.Message.TrimEnd('.')}.";
        var owner = observed.Image.Owner is { Length: > 0 } project ? $"project {project}, which" : "the project that";
        var reason = Problems.ReasonOf(outcome.Result);
        return outcome.Result switch
        {
            TagWriteResult.Forbidden =>
                new(reason, $"{what} Use credentials of {owner} owns the image: {Show(observed)} -c owner"),
            TagWriteResult.QuotaExceeded => new(reason, $"{what} Declare fewer tags, or remove others from the image."),
            TagWriteResult.Rejected => new(reason, $"{what} Choose another tag."),
            TagWriteResult.Uncertain => new(reason, $"{what} The image is looked at again soon.", ImageGate.UncertainWritePause),
            _ when failsAlways => new(
                Reason.TagNotRemovable,
                $"{what} The cloud fails each time; it probably holds the tag twice, "
                + $"which only its administrator can correct in the database. See its tags: {Show(observed)} -c tags"),
            _ => new(reason, $"{what} It is tried again.", outcome.RetryAfter),
        };
    }

    public static Problem Interrupted(ObservedImage observed, TagPlan plan) =>
        new(Reason.Interrupted, $"Stopped before these changes to {observed.Description}: {Listed(plan.Steps)}.");

    public static Problem TurnEnded(ObservedImage observed, TagPlan plan) => new(
        Reason.Transient, $"Others wait to change {observed.Description}; these changes are left for the next turn: {Listed(plan.Steps)}.");

    /// <summary>The image still differs from the declaration after the last round.</summary>
    /// <param name="done">The writes that the cloud acknowledged in the last round.</param>
    public static Problem Lost(ObservedImage observed, TagPlan plan, IReadOnlyCollection<TagStep> done, int rounds, TimeSpan waited)
    {
        var lost = plan.Steps.Where(done.Contains).ToArray();
        var seen = lost.Length == 0
            ? $"{Capital(observed)} still differs after {rounds} rounds of changes: {Listed(plan.Steps)}."
            : $"The cloud acknowledged these changes to {observed.Description}, and {waited.TotalSeconds:0} s later the image does not "
                + $"show them: {Listed(lost)}.";
        return new Problem(Reason.Transient, $"{seen} Another client may be writing to it. It is tried again.");
    }

    public static Problem Deleted(ObservedImage observed) =>
        new(Reason.ImageNotFound, $"{Capital(observed)} was deleted. Import it again, or correct spec.image.");

    /// <summary>Another client undoes a change repeatedly.</summary>
    public static Problem Contended(ObservedImage observed, TagStep step)
    {
        var (theirs, from, ours) = step.Verb == TagVerb.Add ? ("removes", "from", "added") : ("adds", "to", "removed");
        return new Problem(
            Reason.Contended,
            $"Another client {theirs} tag '{step.Tag}' {from} {observed.Description} each time after it was {ours}. "
            + "The operator leaves the image alone for five intervals after each try, and for at least ten minutes. "
            + "Find that client, or leave the tag to it (spec.tags, spec.ignoreTags).");
    }

    /// <summary>The removals exceed the rest of <c>spec.maxRemovals</c>. Otherwise null, and they are subtracted from it.</summary>
    public static Problem? WhyNotRemoved(ObservedImage observed, RemovalBudget budget, TagPlan plan)
    {
        string[] removals = [.. plan.Removes];
        return budget.TryTake(observed.Key, removals) ? null : budget.Exhausted(removals, observed.Description);
    }

    private static string OpenStack(ObservedImage image) => $"openstack --os-cloud {ShellText.Of(image.By.Credentials.CloudName)}";

    private static string Show(ObservedImage image) => $"{OpenStack(image)} image show {image.Image.Id}";

    private static string Listed(IEnumerable<TagStep> steps) => string.Join(", ", steps);

    private static string Capital(ObservedImage image) => char.ToUpperInvariant(image.Description[0]) + image.Description[1..];

    /// <summary>A command that removes tags which the calls for a single tag cannot address.</summary>
    private static string Replacement(ObservedImage observed, Image image, TagPlan plan)
    {
        var unnamed = plan.Refused.Where(refused => refused.Refusal == TagRefusal.NotAddressable).Select(refused => refused.Tag);
        string[] stay = [.. image.Tags.Union(plan.Adds).Except(plan.Removes).Except(unnamed).Order(StringComparer.Ordinal)];
        var tags = string.Join(", ", stay.Select(tag => $"\"{JsonEncodedText.Encode(tag)}\""));
        var patch = $$"""[{"op": "replace", "path": "/tags", "value": [{{tags}}]}]""";
        return $"curl -X PATCH -H \"X-Auth-Token: $({OpenStack(observed)} token issue -f value -c id)\" "
            + $"-H 'Content-Type: application/openstack-images-v2.1-json-patch' -d '{patch}' "
                + $"{observed.By.Access.Endpoint.AbsoluteUri}/images/{image.Id}";
    }
}
