using System.Globalization;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>From what happened to the status that tells of it. Pure. Conditions follow kstatus: Ready is always there; Reconciling, Stalled
/// and Drifted only while true.</summary>
public static class StatusBuilder
{
    /// <summary>The write-ahead: owns everything that is about to be written, so that a crash at any later point leaves no tag of ours
    /// without an owner.</summary>
    public static ImageTagSetStatus BeforeWrites(V1Alpha1ImageTagSet set, Outcome outcome, DateTimeOffset now)
    {
        var steps = outcome.All.SelectMany(image => image.Plan.Steps).ToArray();
        var message = $"Adding {steps.Count(step => step.Verb == TagVerb.Add)} and removing {steps.Count(step => step.Verb == TagVerb.Remove)} tags.";
        return With(set.Status, status =>
        {
            status.ObservedGeneration = set.Metadata.Generation;
            Locate(status, set, outcome);
            status.Images =
            [
                .. outcome.Images!.Select(image => About(set, outcome, image, image.Share.ManagedBefore)),
                .. outcome.Departed.Select(image => Leaving(set, outcome, image)),
                .. CarriedOver(set, outcome),
            ];
            status.Conditions = Conditions(set, now, ("Unknown", "Progressing", WithBefore(set, message)), ("Reconciling", "Progressing", message));
        });
    }

    /// <summary>The report at the end of a reconcile.</summary>
    public static ImageTagSetStatus After(V1Alpha1ImageTagSet set, Outcome outcome, DateTimeOffset now) => With(set.Status, status =>
    {
        status.ObservedGeneration = set.Metadata.Generation;
        status.Conditions = outcome.IsSuspended
            ? Conditions(set, now, ("Unknown", "Suspended", "spec.suspend is true: the images are neither read nor changed. Set it to false to go on."))
            : outcome.Worst is { } problem ? Troubled(set, now, problem) : Fine(set, now, outcome);
        if (outcome.ChangedAnything) status.LastSyncTime = now;
        if (outcome.IsVerified) Verify(status, set, outcome, now);
        if (outcome.Images is not { } images) return;
        Locate(status, set, outcome);
        status.Images =
        [
            .. images.Select(image => About(set, outcome, image, Managed(set, outcome, image))),
            .. outcome.Departed.Where(HasToGoYet).Select(image => Leaving(set, outcome, image)),
            .. CarriedOver(set, outcome),
        ];
        status.ImageCount = images.Count;
        status.TagCount = images.Sum(image => image.Image.Tags.Intersect(set.Spec.Tags).Count());
    });

    private static void Locate(ImageTagSetStatus status, V1Alpha1ImageTagSet set, Outcome outcome)
    {
        (status.ImageEndpoint, status.CloudCredentialsRef, status.Image) = (outcome.Access!.Endpoint.AbsoluteUri, set.Spec.CloudCredentialsRef, set.Spec.Image);
        (status.Cloud, status.ProjectId) = (outcome.Access.Cloud, outcome.Access.ProjectId);
    }

    /// <summary>What nothing was done about stays as it was; where the image is must be said by itself once the set has another home.</summary>
    private static IEnumerable<ImageState> CarriedOver(V1Alpha1ImageTagSet set, Outcome outcome)
    {
        var home = Location.Of(set, outcome.Access!);
        return outcome.Unreached.Concat(outcome.Kept).Select(state => Location.Of(set, state).Note(state, home));
    }

    /// <summary>Of a sentence for people.</summary>
    private const int LongestMessage = 8192;

    /// <summary>etcd takes objects of up to 1.5 MB; the rest is for the spec and for what others write into the metadata.</summary>
    public const int MostCharacters = 1_000_000;

    /// <summary>What is left of a status that is too large: all that the operator itself needs.</summary>
    public static ImageTagSetStatus WithoutDetails(ImageTagSetStatus status) =>
        With(status, smaller => smaller.Images = [.. (status.Images ?? []).Select(image => image with { Pending = null, Message = null })]);

    public static V1Condition? Find(ImageTagSetStatus status, string type) => status.Conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>The set was, when last seen, as this generation of it declares.</summary>
    public static bool IsInOrder(ImageTagSetStatus status, long? generation) => Find(status, "Ready") is { } ready && ready.ObservedGeneration == generation
        && (ready.Status == "True" || (IsUnseen(status) && status.LastVerifiedReason == InSync && status.LastVerifiedGeneration == generation));

    private const string InSync = "InSync";

    /// <summary>The images could not be seen, or are being changed, which goes by.</summary>
    public static bool IsUnseen(ImageTagSetStatus status) => Find(status, "Ready") is { Status: "Unknown" } ready && Unseen.Contains(ready.Reason);

    private static readonly string[] Unseen = [Reason.Transient.Name, Reason.Interrupted.Name, "Progressing"];

    /// <summary>Writes were announced, and not yet how they ended.</summary>
    public static bool IsUnderWay(ImageTagSetStatus status) => Find(status, "Ready")?.Reason == "Progressing";

    /// <summary>Something differs that did not differ before.</summary>
    public static bool DriftedFurther(ImageTagSetStatus before, ImageTagSetStatus after)
    {
        if (Find(after, "Drifted") is not { } drifted || Find(before, "Drifted")?.Message == drifted.Message) return false;
        var known = PendingIn(before).ToHashSet();
        return PendingIn(after).Any(pending => !known.Contains(pending));
    }

    private static IEnumerable<(string Image, TagStep Step)> PendingIn(ImageTagSetStatus status) => (status.Images ?? []).SelectMany(image =>
        (image.Pending?.Add ?? []).Select(tag => (image.Id, new TagStep(TagVerb.Add, tag)))
            .Concat((image.Pending?.Remove ?? []).Select(tag => (image.Id, new TagStep(TagVerb.Remove, tag)))));

    private static IReadOnlyList<V1Condition> Fine(V1Alpha1ImageTagSet set, DateTimeOffset now, Outcome outcome)
    {
        if (set.Spec.Mode == TagSetMode.Observe && outcome.All.Any(image => image.Plan.Steps.Length > 0))
        {
            var message = $"{Differences([.. outcome.All.Where(image => image.Plan.Steps.Length > 0)])}. Nothing was written, for spec.mode is Observe.";
            return Conditions(set, now, ("False", "Drifted", message), ("Drifted", "Drifted", message));
        }

        if (outcome.Images!.Count == 0) return Conditions(set, now, ("True", InSync, $"No image matches spec.image.selector.{Odd(outcome)}"));
        var tags = set.Spec.Tags.Count == 0 ? "no tags declared" : Count(set.Spec.Tags.Count, "declared tag") + " in place";
        return Conditions(set, now, ("True", InSync, $"{Count(outcome.Images.Count, "image")} with {tags}.{Odd(outcome)}"));
    }

    private static string Odd(Outcome outcome)
    {
        const int most = 5;
        return outcome.Odd.Count == 0
            ? ""
            : " Left out, because the cloud does not show them as images: "
                + string.Join(", ", outcome.Odd.Take(most).Concat(outcome.Odd.Count > most ? ["..."] : [])) + (outcome.Odd.Count > most ? "" : ".");
    }

    private static string Differences(ImageResult[] drifted)
    {
        const int most = 5;
        var images = drifted.Take(most).Select(image => $"{image.Job.Describe()}: {Few(image.Plan.Steps)}");
        return $"{Count(drifted.Sum(image => image.Plan.Steps.Length), "tag")} would change on {string.Join("; ", images)}{(drifted.Length > most ? $"; and on {drifted.Length - most} more" : "")}";

        static string Few(IReadOnlyCollection<TagStep> steps) =>
            string.Join(", ", steps.Take(10).Select(step => (step.Verb == TagVerb.Add ? "+" : "-") + step.Tag)) + (steps.Count > 10 ? ", ..." : "");
    }

    private static IReadOnlyList<V1Condition> Troubled(V1Alpha1ImageTagSet set, DateTimeOffset now, Problem problem)
    {
        var (reason, message) = (problem.Reason.Name, problem.Message);
        return problem.Reason.Kind switch
        {
            ProblemKind.Stalled => Conditions(set, now, ("False", reason, message), ("Stalled", reason, message)),
            ProblemKind.Unforeseen => Conditions(set, now, ("Unknown", reason, WithBefore(set, message)), ("Stalled", reason, message)),
            ProblemKind.Waiting => Conditions(set, now, ("False", reason, message), ("Reconciling", reason, message)),
            _ => Retrying(set, now, reason, message),
        };
    }

    private static List<V1Condition> Retrying(V1Alpha1ImageTagSet set, DateTimeOffset now, string reason, string message)
    {
        var lasting = WithSince(set, now, reason, message);
        return Conditions(set, now, ("Unknown", reason, WithBefore(set, lasting)), ("Reconciling", reason, lasting));
    }

    private const string Since = " It has been so since ";

    /// <summary>What should heal by itself and does not is worth a look after this.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(30);

    /// <summary>For the first time, what should heal by itself has not for ten intervals or half an hour.</summary>
    public static bool HasBecomeLasting(ImageTagSetStatus before, ImageTagSetStatus after) => IsLasting(after) && !IsLasting(before);

    /// <summary>What should heal by itself has not for so long that it was told.</summary>
    public static bool IsLasting(ImageTagSetStatus status) => Find(status, "Reconciling")?.Message?.Contains(Since, StringComparison.Ordinal) == true;

    /// <summary>An outage has many words, a timeout now and a refused connection then. The first ones stay, lest each try be a write, until it
    /// is told since when.</summary>
    private static string WithSince(V1Alpha1ImageTagSet set, DateTimeOffset now, string reason, string message)
    {
        if (Find(set.Status, "Reconciling") is not { LastTransitionTime: { } since } old || old.Reason != reason) return message;
        var isSame = old.ObservedGeneration == set.Metadata.Generation;
        if (isSame && IsLasting(set.Status)) return old.Message!;
        var patience = Pace.Interval(set.Spec) * 10;
        if (now - since > (patience < Patience ? patience : Patience)) return $"{message}{Since}{Text(since)}.";
        return isSame ? old.Message ?? message : message;
    }

    /// <summary>What was true when the images could still be seen.</summary>
    private static string WithBefore(V1Alpha1ImageTagSet set, string message)
    {
        var status = set.Status;
        if (status.LastVerifiedTime is not { } verified) return message;
        var declaration = status.LastVerifiedGeneration == set.Metadata.Generation ? "" : ", by the declaration of that time";
        return $"{message} Before that, when the images were last verified at {Text(verified)}, the set was {status.LastVerifiedReason}{declaration}.";
    }

    /// <summary>Notes when the images were seen, for a set that does not change so seldom that it costs next to nothing.</summary>
    private static void Verify(ImageTagSetStatus status, V1Alpha1ImageTagSet set, Outcome outcome, DateTimeOffset now)
    {
        var (was, ready, seen) = (Find(set.Status, "Ready"), Find(status, "Ready")!, outcome.AsOf ?? now);
        var isNews = outcome.ChangedAnything || (was?.Status, was?.Reason, was?.ObservedGeneration) != (ready.Status, ready.Reason, ready.ObservedGeneration);
        if (!isNews && seen - status.LastVerifiedTime < Verification(set.Spec)) return;
        if (!(seen < status.LastVerifiedTime)) status.LastVerifiedTime = seen;
        (status.LastVerifiedReason, status.LastVerifiedGeneration) = (ready.Reason, ready.ObservedGeneration);
    }

    /// <summary>How exact <see cref="ImageTagSetStatus.LastVerifiedTime"/> is of a set that does not change: an hour, or its interval if that is
    /// longer.</summary>
    public static TimeSpan Verification(ImageTagSetSpec spec) =>
        Pace.Interval(spec) is var interval && interval > TimeSpan.FromHours(1) ? interval : TimeSpan.FromHours(1);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static List<V1Condition> Conditions(
        V1Alpha1ImageTagSet set, DateTimeOffset now, (string Status, string Reason, string Message) ready, params (string Type, string Reason, string Message)[] whileTrue)
    {
        return [Condition("Ready", ready.Status, ready.Reason, ready.Message), .. whileTrue.Select(c => Condition(c.Type, "True", c.Reason, c.Message))];

        V1Condition Condition(string type, string status, string reason, string message) => new()
        {
            Type = type,
            Status = status,
            ObservedGeneration = set.Metadata.Generation,
            LastTransitionTime = Find(set.Status, type) is { } old && old.Status == status ? old.LastTransitionTime : now,
            Reason = reason,
            Message = VisibleText.Of(message, LongestMessage),
        };
    }

    private static ImageState About(V1Alpha1ImageTagSet set, Outcome outcome, ImageResult result, IReadOnlyCollection<string> managed)
    {
        var location = new Location(result.Job.Access.Cloud, result.Job.Access.ProjectId, result.Job.Credentials);
        return location.Note(new ImageState
        {
            Id = result.Image.Id,
            Name = string.IsNullOrEmpty(result.Image.Name) ? null : VisibleText.Of(result.Image.Name),
            ManagedTags = [.. managed],
            OriginalTags = OriginalTags(set, result),
            Pending = PendingOf(result.Plan),
            Reason = result.Problem?.Reason.Name,
            Message = result.Problem is { } problem ? VisibleText.Of(problem.Message, LongestMessage) : null,
        }, Location.Of(set, outcome.Access!));
    }

    /// <summary>A write that may still be running puts back what was not seen.</summary>
    private static bool HasToGoYet(ImageResult result) =>
        !result.Plan.IsEmpty || result.Share.Awaited.Count > 0 || result.Job.HeldBack.Count > 0 || result.Problem is { Reason.Kind: ProblemKind.Retrying };

    /// <summary>What it looks like on the way out is not what it was at first contact.</summary>
    private static ImageState Leaving(V1Alpha1ImageTagSet set, Outcome outcome, ImageResult result) =>
        About(set, outcome, result, result.Job.Claim.Managed) with { OriginalTags = Known(set, result)?.OriginalTags, Leaving = result.Job.Leaving };

    /// <summary>A set that may not write manages nothing new; while it is not known what a write did, everything that may be ours stays ours.</summary>
    private static IReadOnlyCollection<string> Managed(V1Alpha1ImageTagSet set, Outcome outcome, ImageResult result)
    {
        var nothingWritten = outcome.IsHeld
            || set.Spec.Mode == TagSetMode.Observe
            || result.Problem?.Reason == Reason.Conflict
            || ((result.Problem?.Reason == Reason.RemovalLimitExceeded || result.Problem?.Reason == Reason.Contended) && result.Added.Count == 0);
        // One that turned out to be excluded after its first writes answers for them.
        if (nothingWritten) return [.. result.Job.Claim.Managed.Union(result.Added)];
        return result.Problem is { Reason.Kind: ProblemKind.Retrying } ? result.Share.ManagedBefore : result.Share.ManagedAfter;
    }

    /// <summary>The tags before the first set got its say: what was noted before, by this set or by one whose image it takes over; else what the
    /// image had when it was first read under Restore, less what sets had put there or declare. Who has no say notes nothing.</summary>
    private static IReadOnlyList<string>? OriginalTags(V1Alpha1ImageTagSet set, ImageResult result)
    {
        if (set.Spec.DeletionPolicy != TagDeletionPolicy.Restore) return null;
        if (Known(set, result)?.OriginalTags is { } known) return known;
        if (set.Spec.Mode == TagSetMode.Observe || result.Share.Winner is not null) return null;
        var others = result.Job.Others;
        // Who stays answers for what was there before it, and this one for the rest, whichever of the two was looked at first.
        var leaving = others.Where(other => other is { IsLeaving: true, Original: not null }).OrderBy(other => other.Created).ThenBy(other => other.Owner, StringComparer.Ordinal);
        if (leaving.FirstOrDefault()?.Original is { } passedOn) return [.. passedOn];
        return Storable(result.Job.Image.Tags.Except(result.Job.Claim.Managed).Except(others.SelectMany(other => other.Managed.Union(other.Declaration.Tags))));
    }

    private static ImageState? Known(V1Alpha1ImageTagSet set, ImageResult result) => Location.Find(set.Status, result.Image.Id, result.Job.Access.Cloud);

    private static PendingTags? PendingOf(TagPlan plan)
    {
        var adds = Storable(plan.Adds.Concat(plan.Refused.Where(r => r.Refusal != TagRefusal.NotAddressable).Select(r => r.Tag)));
        var removes = Storable(plan.Removes.Concat(plan.Refused.Where(r => r.Refusal == TagRefusal.NotAddressable).Select(r => r.Tag)));
        return adds.Length + removes.Length == 0 ? null : new PendingTags { Add = adds.Length == 0 ? null : adds, Remove = removes.Length == 0 ? null : removes };
    }

    /// <summary>Sorted, without the empty tag: kube-apiserver 1.20 takes an empty string in a list for null and refuses the whole status.
    /// Messages still name it.</summary>
    private static string[] Storable(IEnumerable<string> tags) => [.. tags.Where(tag => tag.Length > 0).Order(StringComparer.Ordinal)];

    private static string Count(int number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";

    private static ImageTagSetStatus With(ImageTagSetStatus old, Action<ImageTagSetStatus> change)
    {
        var status = new ImageTagSetStatus
        {
            ObservedGeneration = old.ObservedGeneration,
            Conditions = old.Conditions,
            CloudCredentialsRef = old.CloudCredentialsRef,
            ImageEndpoint = old.ImageEndpoint,
            Cloud = old.Cloud,
            ProjectId = old.ProjectId,
            Image = old.Image,
            Images = old.Images,
            ImageCount = old.ImageCount,
            TagCount = old.TagCount,
            LastSyncTime = old.LastSyncTime,
            LastVerifiedTime = old.LastVerifiedTime,
            LastVerifiedReason = old.LastVerifiedReason,
            LastVerifiedGeneration = old.LastVerifiedGeneration,
        };
        change(status);
        return status;
    }
}
