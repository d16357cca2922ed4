using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>Builds the status from the result of a reconcile. Pure.</summary>
public static class StatusBuilder
{
    /// <summary>The maximum size of the status JSON. etcd stores objects of up to 1.5 MB; the rest is for the spec and the
    /// metadata.</summary>
    public const int MaxCharacters = 1_000_000;

    private const int MaxListed = 5;

    /// <summary>Characters that are reserved for the text after the message of a problem.</summary>
    private const int ReservedForHistory = 512;

    /// <summary>The status before the writes (write-ahead). It owns all tags that are about to be written, so that a crash leaves no tag
    /// without an owner.</summary>
    public static ImageTagSetStatus BeforeWrites(V1Alpha1ImageTagSet set, SetPlan plan, DateTimeOffset now)
    {
        var steps = plan.All.SelectMany(image => image.Share.Plan.Steps).ToArray();
        var adds = steps.Count(step => step.Verb == TagVerb.Add);
        var status = set.Status with { };
        if (!set.Status.History().PersistsUntilNextWrite(set.Metadata.Generation))
        {
            SetConditions(status, set, Verdict.Progressing($"Adding {adds} and removing {steps.Length - adds} tags."), now);
        }

        SetLocation(status, set, plan);
        status.Images =
        [
            .. plan.Images.Select(image => StateOf(set, plan, ImageResult.Untouched(image), image.Share.ManagedBefore)),
            .. plan.Leaving.Select(image => Leaving(set, plan, ImageResult.Untouched(image))),
            .. CarriedOver(set, plan),
        ];
        return status;
    }

    /// <summary>The status at the end of a reconcile.</summary>
    /// <param name="podNamespace">The namespace of the operator's pod, where its log is; null when it is not known.</param>
    public static ImageTagSetStatus After(V1Alpha1ImageTagSet set, SetResult result, DateTimeOffset now, string? podNamespace = null)
    {
        var status = set.Status with { };
        var ready = SetConditions(status, set, VerdictOf(set, result, podNamespace), now);
        if (result.ChangedAnything) status.LastSyncTime = now;
        if (result.IsVerified) SetVerified(status, set, result, ready, result.Plan?.Observed.AsOf ?? now);
        if (result.Plan is not { } plan) return status;
        SetLocation(status, set, plan);
        var mayWrite = plan.Blocked is null && set.Spec.Mode != TagSetMode.Observe;
        status.Images =
        [
            .. result.Images.Select(image => StateOf(set, plan, image, image.Share.Managed(mayWrite, image.Problem, image.Added))),
            .. result.Left.Where(image => image.Share.IsUnfinished(image.Problem) || image.Observed.KeptTags.Count > 0)
                .Select(image => Leaving(set, plan, image)),
            .. CarriedOver(set, plan),
        ];
        status.ImageCount = result.Images.Count;
        status.TagCount = result.Images.Sum(image => image.Image.Tags.Intersect(set.Spec.Tags).Count());
        return status;
    }

    /// <summary>Shortens a status that is too large to the fields that the operator needs.</summary>
    public static ImageTagSetStatus WithoutDetails(ImageTagSetStatus status) =>
        status with { Images = [.. (status.Images ?? []).Select(image => image with { Pending = null, Message = null })] };

    /// <summary>True when a change is pending that was not pending before.</summary>
    public static bool DriftedFurther(ImageTagSetStatus before, ImageTagSetStatus after)
    {
        if (after.History().Find(Condition.Drifted) is not { } drifted || before.History()
            .Find(Condition.Drifted)?.Message == drifted.Message) return false;
        var known = PendingIn(before).ToHashSet();
        return PendingIn(after).Any(pending => !known.Contains(pending));
    }

    public static IEnumerable<TagStep> StepsOf(PendingTags? pending) =>
    [
        .. (pending?.Add ?? []).Select(tag => new TagStep(TagVerb.Add, tag)), .. (pending?.Remove ?? [])
            .Select(tag => new TagStep(TagVerb.Remove, tag)),
    ];

    private static IEnumerable<(string Image, TagStep Step)> PendingIn(ImageTagSetStatus status) =>
        (status.Images ?? []).SelectMany(image => StepsOf(image.Pending).Select(step => (image.Id, step)));

    /// <returns>The condition Ready.</returns>
    private static Condition SetConditions(ImageTagSetStatus status, V1Alpha1ImageTagSet set, Verdict verdict, DateTimeOffset now)
    {
        var conditions = set.Status.History().Next(verdict, set.Metadata.Generation, RequeuePolicy.Interval(set.Spec.Interval), now);
        status.ObservedGeneration = set.Metadata.Generation;
        status.Conditions = [.. conditions.Select(StatusHistoryExtensions.Write)];
        status.LastToldReason = set.Status.History().LastAnnouncedReasonFor(status.History());
        return conditions[0];
    }

    private static Verdict VerdictOf(V1Alpha1ImageTagSet set, SetResult result, string? podNamespace)
    {
        if (result.IsSuspended) return Verdict.Suspended();
        if (result.Worst is { } problem)
        {
            if (Remedies.Of(set, problem, podNamespace) is not { } remedy) return Verdict.Of(problem);
            var message = StatusHistoryExtensions.Visible(problem.Message, ReservedForHistory + remedy.Length);
            return Verdict.Of(problem with { Message = message }, remedy);
        }

        if (result.Plan!.Observed is { IsHandedOver: true, By.Cloud: var cloud }) return Verdict.Progressing(
            $"The shard of the operator that works on {cloud} continues.");
        ImageResult[] drifted = set.Spec.Mode == TagSetMode.Observe ? [.. result.All.Where(image => !image.Plan.IsEmpty)] : [];
        if (drifted.Length > 0) return Verdict.Drifted($"{Differences(drifted)}. Nothing was written, because spec.mode is Observe.");
        var unreadable = UnreadableIds(result.Plan.Observed.UnreadableIds);
        if (result.Images.Count == 0) return Verdict.InSync($"No image matches spec.image.selector.{unreadable}");
        var tags = set.Spec.Tags.Count == 0 ? "no tags declared" : Count(set.Spec.Tags.Count, "declared tag") + " in place";
        return Verdict.InSync($"{Count(result.Images.Count, "image")} with {tags}.{unreadable}");
    }

    private static string UnreadableIds(IReadOnlyList<string> unreadable)
    {
        if (unreadable.Count == 0) return "";
        return " Left out, because the cloud does not show them as images: "
            + $"{string.Join(", ", unreadable.Take(MaxListed))}{(unreadable.Count > MaxListed ? ", ..." : ".")}";
    }

    private static string Differences(ImageResult[] drifted)
    {
        var images = drifted.Take(MaxListed).Select(image => $"{image.Observed.Description}: {Few(image.Plan.Steps)}");
        var more = drifted.Length > MaxListed ? $"; and on {drifted.Length - MaxListed} more" : "";
        return $"{Count(drifted.Sum(image => image.Plan.Steps.Length), "tag")} would change on {string.Join("; ", images)}{more}";

        static string Few(IReadOnlyCollection<TagStep> steps) => string.Join(", ", steps.Take(2 * MaxListed))
            + (steps.Count > 2 * MaxListed ? ", ..." : "");
    }

    private static void SetVerified(
        ImageTagSetStatus status, V1Alpha1ImageTagSet set, SetResult result, Condition ready, DateTimeOffset seen)
    {
        var isDue = result.ChangedAnything || set.Status.History()
            .IsVerificationDue(ready, seen, RequeuePolicy.Interval(set.Spec.Interval));
        if (!isDue) return;
        if (!(seen < status.LastVerifiedTime)) status.LastVerifiedTime = seen;
        (status.LastVerifiedReason, status.LastVerifiedGeneration) = (ready.Reason, ready.Generation);
    }

    /// <summary>True when the status already contains the location of the images of the plan.</summary>
    public static bool IsLocated(V1Alpha1ImageTagSet set, SetPlan plan)
    {
        var located = set.Status with { };
        SetLocation(located, set, plan);
        return StatusWriter.Json(located) == StatusWriter.Json(set.Status);
    }

    private static void SetLocation(ImageTagSetStatus status, V1Alpha1ImageTagSet set, SetPlan plan)
    {
        var access = plan.Observed.By!.Access;
        (status.ImageEndpoint, status.CloudCredentialsRef, status.Image) = (access.Endpoint.AbsoluteUri, set.Spec.CloudCredentialsRef,
            set.Spec.Image);
        (status.Cloud, status.ProjectId) = (access.Cloud, access.ProjectId);
    }

    /// <summary>The unchanged entries of images that were not processed. An entry gets its own location when the location of the status
    /// changes.</summary>
    private static IEnumerable<ImageState> CarriedOver(V1Alpha1ImageTagSet set, SetPlan plan) =>
        plan.Unreached.Concat(plan.Observed.Left.Kept).Select(state =>
            Location.Of(set, state).WriteTo(state, Location.Of(plan.Observed.By!)));

    private static ImageState StateOf(V1Alpha1ImageTagSet set, SetPlan plan, ImageResult image, IEnumerable<string> managed) =>
        image.Observed.Location.WriteTo(
        new ImageState
        {
            Id = image.Image.Id,
            Name = string.IsNullOrEmpty(image.Image.Name) ? null : VisibleText.Of(image.Image.Name),
            ManagedTags = [.. managed],
            OriginalTags = OriginalTags(set, image),
            Writer = AccessOf(set, image) == WriteAccess.Unproven ? null : image.Observed.By.Access.Identity,
            WriteRefused = AccessOf(set, image) == WriteAccess.Refused ? true : null,
            Pending = PendingOf(image.Plan),
            Reason = image.Problem?.Reason.Name,
            Message = image.Problem is { } problem ? StatusHistoryExtensions.Visible(problem.Message) : null,
        },
        Location.Of(plan.Observed.By!));

    /// <summary>The entry of an image that the set leaves. Its original tags are not recorded now, because they were recorded at first
    /// contact.</summary>
    private static ImageState Leaving(V1Alpha1ImageTagSet set, SetPlan plan, ImageResult image) =>
        StateOf(set, plan, image, image.Observed.Claim.Managed) with { OriginalTags = Known(set, image)?.OriginalTags,
            Leaving = image.Observed.Leaving };

    private static IReadOnlyList<string>? OriginalTags(V1Alpha1ImageTagSet set, ImageResult image)
    {
        if (set.Spec.DeletionPolicy != TagDeletionPolicy.Restore) return null;
        if (Known(set, image)?.OriginalTags is { } known) return known;
        // A set of the operator can have removed a tag since the read.
        var observed = image.Observed;
        var present = observed.Image.Tags.Where(tag => !observed.Gate.RemovedSince(tag, observed.Reading.AsOf - TagApplier.ReplicaLag));
        var recorded = set.Spec.Mode == TagSetMode.Observe ? null : image.Share.OriginalTags([.. present], observed.Others);
        return recorded is null ? null : Storable(recorded);
    }

    /// <summary>A refusal is valid until another write of the same credentials, also of another set, is accepted.</summary>
    private static WriteAccess AccessOf(V1Alpha1ImageTagSet set, ImageResult image)
    {
        if (image.WriteAccess is { } shown) return shown;
        if (image.Share.Claim.WriteAccess == WriteAccess.Granted) return WriteAccess.Granted;
        return SetClaims.AccessOf(Known(set, image), image.Observed.By.Access);
    }

    private static ImageState? Known(V1Alpha1ImageTagSet set, ImageResult image) =>
        Location.Find(set.Status, image.Image.Id, image.Observed.By.Cloud);

    private static PendingTags? PendingOf(TagPlan plan)
    {
        var adds = Storable(plan.Adds.Concat(plan.Refused.Where(r => r.Refusal != TagRefusal.NotAddressable).Select(r => r.Tag)));
        var removes = Storable(plan.Removes.Concat(plan.Refused.Where(r => r.Refusal == TagRefusal.NotAddressable).Select(r => r.Tag)));
        return adds.Length + removes.Length == 0 ? null
            : new PendingTags { Add = adds.Length == 0 ? null : adds, Remove = removes.Length == 0 ? null : removes };
    }

    /// <summary>The sorted tags without the empty tag: kube-apiserver 1.20 parses an empty string in a list as null and rejects the status.
    /// Messages still name the empty tag.</summary>
    private static string[] Storable(IEnumerable<string> tags) => [.. tags.Where(tag => tag.Length > 0).Order(StringComparer.Ordinal)];

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
