using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>From what happened to the status that tells of it. Pure.</summary>
public static class StatusBuilder
{
    /// <summary>etcd takes objects of up to 1.5 MB; the rest is for the spec and for what others write into the metadata.</summary>
    public const int MostCharacters = 1_000_000;

    private const int MostListed = 5;

    /// <summary>What is said after the message of a problem, in characters.</summary>
    private const int RoomForHistory = 512;

    /// <summary>The write-ahead: owns everything that is about to be written, so that a crash at any later point leaves no tag of ours
    /// without an owner.</summary>
    public static ImageTagSetStatus BeforeWrites(V1Alpha1ImageTagSet set, SetPlan plan, DateTimeOffset now)
    {
        var steps = plan.All.SelectMany(image => image.Share.Plan.Steps).ToArray();
        var adds = steps.Count(step => step.Verb == TagVerb.Add);
        var status = set.Status with { };
        if (!set.Status.History().PersistsUntilNextWrite(set.Metadata.Generation))
        {
            Conclude(status, set, Verdict.Progressing($"Adding {adds} and removing {steps.Length - adds} tags."), now);
        }

        Locate(status, set, plan);
        status.Images =
        [
            .. plan.Images.Select(image => About(set, plan, ImageResult.Untouched(image), image.Share.ManagedBefore)),
            .. plan.Leaving.Select(image => Leaving(set, plan, ImageResult.Untouched(image))),
            .. CarriedOver(set, plan),
        ];
        return status;
    }

    /// <summary>The report at the end of a reconcile.</summary>
    /// <param name="podNamespace">The namespace of the operator's pod, where its log is; null when it is not known.</param>
    public static ImageTagSetStatus After(V1Alpha1ImageTagSet set, SetResult result, DateTimeOffset now, string? podNamespace = null)
    {
        var status = set.Status with { };
        var ready = Conclude(status, set, VerdictOf(set, result, podNamespace), now);
        if (result.ChangedAnything) status.LastSyncTime = now;
        if (result.IsVerified) Verify(status, set, result, ready, result.Plan?.Observed.AsOf ?? now);
        if (result.Plan is not { } plan) return status;
        Locate(status, set, plan);
        var mayWrite = plan.Blocked is null && set.Spec.Mode != TagSetMode.Observe;
        status.Images =
        [
            .. result.Images.Select(image => About(set, plan, image, image.Share.Managed(mayWrite, image.Problem, image.Added))),
            .. result.Left.Where(image => image.Share.IsUnfinished(image.Problem) || image.Observed.HeldBack.Count > 0)
                .Select(image => Leaving(set, plan, image)),
            .. CarriedOver(set, plan),
        ];
        status.ImageCount = result.Images.Count;
        status.TagCount = result.Images.Sum(image => image.Image.Tags.Intersect(set.Spec.Tags).Count());
        return status;
    }

    /// <summary>What is left of a status that is too large: all that the operator itself needs.</summary>
    public static ImageTagSetStatus WithoutDetails(ImageTagSetStatus status) =>
        status with { Images = [.. (status.Images ?? []).Select(image => image with { Pending = null, Message = null })] };

    /// <summary>Something differs that did not differ before.</summary>
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
    private static Condition Conclude(ImageTagSetStatus status, V1Alpha1ImageTagSet set, Verdict verdict, DateTimeOffset now)
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
            var message = StatusHistoryExtensions.Visible(problem.Message, RoomForHistory + remedy.Length);
            return Verdict.Of(problem with { Message = message }, remedy);
        }

        ImageResult[] drifted = set.Spec.Mode == TagSetMode.Observe ? [.. result.All.Where(image => !image.Plan.IsEmpty)] : [];
        if (drifted.Length > 0) return Verdict.Drifted($"{Differences(drifted)}. Nothing was written, because spec.mode is Observe.");
        var odd = Odd(result.Plan!.Observed.Odd);
        if (result.Images.Count == 0) return Verdict.InSync($"No image matches spec.image.selector.{odd}");
        var tags = set.Spec.Tags.Count == 0 ? "no tags declared" : Count(set.Spec.Tags.Count, "declared tag") + " in place";
        return Verdict.InSync($"{Count(result.Images.Count, "image")} with {tags}.{odd}");
    }

    private static string Odd(IReadOnlyList<string> odd)
    {
        if (odd.Count == 0) return "";
        return " Left out, because the cloud does not show them as images: "
            + $"{string.Join(", ", odd.Take(MostListed))}{(odd.Count > MostListed ? ", ..." : ".")}";
    }

    private static string Differences(ImageResult[] drifted)
    {
        var images = drifted.Take(MostListed).Select(image => $"{image.Observed.Description}: {Few(image.Plan.Steps)}");
        var more = drifted.Length > MostListed ? $"; and on {drifted.Length - MostListed} more" : "";
        return $"{Count(drifted.Sum(image => image.Plan.Steps.Length), "tag")} would change on {string.Join("; ", images)}{more}";

        static string Few(IReadOnlyCollection<TagStep> steps) => string.Join(", ", steps.Take(2 * MostListed))
            + (steps.Count > 2 * MostListed ? ", ..." : "");
    }

    private static void Verify(ImageTagSetStatus status, V1Alpha1ImageTagSet set, SetResult result, Condition ready, DateTimeOffset seen)
    {
        var isDue = result.ChangedAnything || set.Status.History()
            .IsVerificationDue(ready, seen, RequeuePolicy.Interval(set.Spec.Interval));
        if (!isDue) return;
        if (!(seen < status.LastVerifiedTime)) status.LastVerifiedTime = seen;
        (status.LastVerifiedReason, status.LastVerifiedGeneration) = (ready.Reason, ready.Generation);
    }

    /// <summary>The status says where the images are and how they were found.</summary>
    public static bool IsLocated(V1Alpha1ImageTagSet set, SetPlan plan)
    {
        var located = set.Status with { };
        Locate(located, set, plan);
        return StatusWriter.Json(located) == StatusWriter.Json(set.Status);
    }

    private static void Locate(ImageTagSetStatus status, V1Alpha1ImageTagSet set, SetPlan plan)
    {
        var access = plan.Observed.By!.Access;
        (status.ImageEndpoint, status.CloudCredentialsRef, status.Image) = (access.Endpoint.AbsoluteUri, set.Spec.CloudCredentialsRef,
            set.Spec.Image);
        (status.Cloud, status.ProjectId) = (access.Cloud, access.ProjectId);
    }

    /// <summary>What nothing was done about stays as it was; where the image is must be said by itself once the set has another
    /// home.</summary>
    private static IEnumerable<ImageState> CarriedOver(V1Alpha1ImageTagSet set, SetPlan plan) =>
        plan.Unreached.Concat(plan.Observed.Left.Kept).Select(state => Location.Of(set, state).Note(state, Location.Of(plan.Observed.By!)));

    private static ImageState About(V1Alpha1ImageTagSet set, SetPlan plan, ImageResult image, IEnumerable<string> managed) =>
        Location.Of(image.Observed.By).Note(
        new ImageState
        {
            Id = image.Image.Id,
            Name = string.IsNullOrEmpty(image.Image.Name) ? null : VisibleText.Of(image.Image.Name),
            ManagedTags = [.. managed],
            OriginalTags = OriginalTags(set, image),
            Pending = PendingOf(image.Plan),
            Reason = image.Problem?.Reason.Name,
            Message = image.Problem is { } problem ? StatusHistoryExtensions.Visible(problem.Message) : null,
        },
        Location.Of(plan.Observed.By!));

    /// <summary>What it looks like on the way out is not what it was at first contact.</summary>
    private static ImageState Leaving(V1Alpha1ImageTagSet set, SetPlan plan, ImageResult image) =>
        About(set, plan, image, image.Observed.Claim.Managed) with { OriginalTags = Known(set, image)?.OriginalTags,
            Leaving = image.Observed.Leaving };

    private static IReadOnlyList<string>? OriginalTags(V1Alpha1ImageTagSet set, ImageResult image)
    {
        if (set.Spec.DeletionPolicy != TagDeletionPolicy.Restore) return null;
        if (Known(set, image)?.OriginalTags is { } known) return known;
        var noted = set.Spec.Mode == TagSetMode.Observe ? null : image.Share.OriginalTags(image.Observed.Image.Tags, image.Observed.Others);
        return noted is null ? null : Storable(noted);
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

    /// <summary>Sorted, without the empty tag: kube-apiserver 1.20 takes an empty string in a list for null and refuses the whole status.
    /// Messages still name it.</summary>
    private static string[] Storable(IEnumerable<string> tags) => [.. tags.Where(tag => tag.Length > 0).Order(StringComparer.Ordinal)];

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
