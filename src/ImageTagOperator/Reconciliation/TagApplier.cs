using System.Text.Json;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Carries out the plan for one image: write, read again, compare, and plan again when the cloud lost a write.</summary>
public sealed class TagApplier(ImageNeighbours neighbours, ServerErrors serverErrors, TagMetrics metrics, TimeProvider time)
{
    /// <summary>Another client that writes at the same moment makes Glance lose tags; more rounds than this are left to the next reconcile.</summary>
    private const int Rounds = 3;

    /// <summary>How long a write is given to show on every replica of the cloud's database.</summary>
    public static readonly TimeSpan ReplicaLag = TimeSpan.FromSeconds(2);

    /// <summary>A reading may be this old when a write follows from it.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);

    /// <summary>After this, who waits for the image's gate has a turn first.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);

    /// <summary>Asks for an end between two writes; what was written until then is still verified.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Told of each write that the cloud acknowledged.</summary>
    public Action<ImageJob, TagStep>? Written { get; init; }

    /// <summary>Never fails for the cloud's sake: what went wrong with one image is in its result.</summary>
    public async Task<ImageResult> ApplyAsync(ImageJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteAndVerifyAsync(job, cancellationToken);
        }
        catch (CloudException e)
        {
            return ImageResult.Untouched(job, Problem.From(e));
        }
    }

    private async Task<ImageResult> WriteAndVerifyAsync(ImageJob job, CancellationToken cancellationToken)
    {
        var session = job.Session;
        var gate = session.Gate(job.Access, job.Image.Id);
        using var right = await gate.EnterAsync(job.Set.Key.Namespace ?? "", cancellationToken);
        var turn = time.GetTimestamp();
        if (StillUncertain(job) is { } running) return ImageResult.Untouched(job, running);
        var planned = job.ShareOf(job.Image).Plan;
        job = await WithOthersAsync(job, job.Image, cancellationToken);
        var image = IsStale(job, gate) ? await session.GetImageAsync(job.Image.Id, cancellationToken, isUrgent: true) : job.Image;
        if (image is null) return Gone(job, planned);

        var before = image;
        for (var round = 1; ; round++)
        {
            if (round > 1 || image != job.Image) job = await WithOthersAsync(job, image, cancellationToken);
            var share = job.ShareOf(image);
            var result = Result(job, before, image, share, planned, null);
            if (ImageResult.ConflictOf(job, share) is { } conflict) return result with { Problem = conflict };
            if (share.Plan.IsEmpty) return result;
            if (Ends(job)) return result with { Problem = new Problem(Reason.Interrupted, $"Stopped before these changes to {job.Describe()}: {Pending(share.Plan)}.") };
            if (IsOver()) return result with { Problem = Interrupted(job, share.Plan) };
            if (WhyNotNow(job, image, share.Plan) is { } reason) return result with { Problem = reason };

            var done = new List<TagStep>();
            var (problem, mayStillRun) = await WriteAsync(job, share.Plan, done, IsOver, cancellationToken);
            if (mayStillRun) return Unverified(result with { Problem = problem }, done);
            try
            {
                if (await ReadBackAsync(job, done, cancellationToken) is not { } verified) return Gone(job, planned);
                image = verified;
            }
            catch (CloudException e)
            {
                return Unverified(result with { Problem = problem ?? Problem.From(e) }, done);
            }

            if (problem?.Reason == Reason.TagQuotaExceeded && round < Rounds)
            {
                // Good for this look only: how many it takes is nowhere told, and another client may have filled the image for a moment.
                job = job with { Rules = job.Rules with { Quota = image.Tags.Count } };
                continue;
            }

            share = job.ShareOf(image);
            if (problem is not null && !share.Plan.IsEmpty) return Result(job, before, image, share, planned, problem);
            if (share.Plan.IsEmpty || round < Rounds || Ends(job) || IsOver()) continue;
            return Result(job, before, image, share, planned, Lost(job, share, done));
        }

        bool IsOver() => gate.IsWaitedFor && time.GetElapsedTime(turn) > Turn;
    }

    /// <summary>Who else claims the image is asked at the moment of planning: sets come and go.</summary>
    private async Task<ImageJob> WithOthersAsync(ImageJob job, Image image, CancellationToken cancellationToken) =>
        job with { Others = await neighbours.OfAsync(job.Set.Set, job.Credentials, job.Session, job.Access, image, cancellationToken) };

    /// <summary>A replica of the cloud's database may lag, so that one look does not prove that a write was lost.</summary>
    /// <returns>Null: the image is gone.</returns>
    private async Task<Image?> ReadBackAsync(ImageJob job, List<TagStep> done, CancellationToken cancellationToken)
    {
        var image = await job.Session.GetImageAsync(job.Image.Id, cancellationToken, isUrgent: true);
        if (image is null || Unseen(image, done).Count == 0) return image;
        await Task.Delay(ReplicaLag, time, cancellationToken);
        return await job.Session.GetImageAsync(job.Image.Id, cancellationToken, isUrgent: true);
    }

    private static List<TagStep> Unseen(Image image, List<TagStep> done) => [.. done.Where(step => image.Tags.Contains(step.Tag) != (step.Verb == TagVerb.Add))];

    private static Problem Interrupted(ImageJob job, TagPlan plan) => new(
        Reason.Transient, $"Others wait to change {job.Describe()}; these changes are left for the next turn: {Pending(plan)}.");

    private static Problem Lost(ImageJob job, ImageShare share, List<TagStep> done)
    {
        var lost = share.Plan.Steps.Where(done.Contains).ToArray();
        var seen = lost.Length == 0
            ? $"{Capital(job.Describe())} still differs after {Rounds} rounds of changes: {Pending(share.Plan)}."
            : $"The cloud acknowledged these changes to {job.Describe()}, and {ReplicaLag.TotalSeconds:0} s later the image does not show them: {Steps(lost)}.";
        return new Problem(Reason.Transient, $"{seen} Another client may be writing to it; it is tried again.");
    }

    private bool Ends(ImageJob job) => Stop.IsCancellationRequested || job.Set.IsSuperseded;

    /// <summary>A reading of some time ago will do to see that there is nothing to do, never to write by.</summary>
    private bool IsStale(ImageJob job, ImageGate gate) =>
        gate.WrittenSince(job.Reading.Sequence) || (time.GetUtcNow() - job.Reading.AsOf > FreshFor && !job.ShareOf(job.Image).Plan.IsEmpty);

    /// <summary>Sends the steps one after the other. A tag that the cloud does not take does not keep the others from it.</summary>
    /// <param name="done">Takes the steps that the cloud acknowledged.</param>
    /// <param name="isOver">Asked between two steps.</param>
    private async Task<(Problem? Problem, bool MayStillRun)> WriteAsync(
        ImageJob job, TagPlan plan, List<TagStep> done, Func<bool> isOver, CancellationToken cancellationToken)
    {
        var session = job.Session;
        Problem? first = null;
        var stayed = new List<string>();
        foreach (var step in plan.Steps)
        {
            if (Ends(job) || (done.Count > 0 && isOver())) break;
            var (verb, tag) = step;
            // Beside a tag that should have gone first, and that the cloud takes for the same, this one would make both undeletable.
            if (verb == TagVerb.Add && stayed.Exists(other => job.Rules.Collides(tag, other))) continue;
            TagWriteOutcome outcome;
            try
            {
                outcome = verb == TagVerb.Add
                    ? await session.AddTagAsync(job.Image.Id, tag, cancellationToken)
                    : await session.RemoveTagAsync(job.Image.Id, tag, cancellationToken);
            }
            catch (CloudException e)
            {
                // No token could be had for this one; those before it were written all the same.
                return (Problem.From(e), false);
            }

            metrics.Written(verb, outcome.Result);
            if (outcome.Result is TagWriteResult.Done)
            {
                done.Add(step);
                Written?.Invoke(job, step);
                serverErrors.Forget(job.Access.Cloud, job.Image.Id, tag);
                continue;
            }

            if (verb == TagVerb.Remove) stayed.Add(tag);
            // A 404 may be a removal of what is gone already, or an image that is gone, or one of Glance's false ones: the reading that follows tells.
            if (outcome.Result is TagWriteResult.NotFound) continue;
            var problem = ProblemOf(job, verb, tag, outcome);
            first ??= problem;
            if (outcome.Result is TagWriteResult.Uncertain) return (problem, true);
            // Another one would fare no better, and what goes may have to go first.
            if (outcome.Result is TagWriteResult.NotSent or TagWriteResult.Forbidden or TagWriteResult.QuotaExceeded) return (problem, false);
        }

        return (first, false);
    }

    /// <summary>Of a write that did not do its work.</summary>
    internal static Reason ReasonOf(TagWriteResult result) => result switch
    {
        TagWriteResult.Forbidden => Reason.Forbidden,
        TagWriteResult.QuotaExceeded => Reason.TagQuotaExceeded,
        TagWriteResult.Rejected => Reason.TagRejected,
        _ => Reason.Transient,
    };

    private Problem ProblemOf(ImageJob job, TagVerb verb, string tag, TagWriteOutcome outcome)
    {
        var what = verb == TagVerb.Add ? $"Tag '{tag}' could not be added to {job.Describe()}" : $"Tag '{tag}' could not be removed from {job.Describe()}";
        what = $"{what}: {outcome.Message.TrimEnd('.')}.";
        var owner = job.Image.Owner is { Length: > 0 } project ? $"project {project}, which" : "the project that";
        var reason = ReasonOf(outcome.Result);
        return outcome.Result switch
        {
            TagWriteResult.Forbidden => new(reason, $"{what} Use credentials of {owner} owns the image: openstack image show {job.Image.Id} -c owner"),
            TagWriteResult.QuotaExceeded => new(reason, $"{what} Declare fewer tags, or remove others from the image."),
            TagWriteResult.Rejected => new(reason, $"{what} Choose another tag."),
            TagWriteResult.Uncertain => new(reason, $"{what} The image is looked at again soon.", ImageGate.UncertainWritePause),
            TagWriteResult.ServerError when verb == TagVerb.Remove && serverErrors.Another(job.Access.Cloud, job.Image.Id, tag) => new(
                Reason.TagNotRemovable,
                $"{what} The cloud fails each time; it probably holds the tag twice, which only its administrator can mend in the database."),
            _ => new(reason, $"{what} It is tried again.", outcome.RetryAfter),
        };
    }

    /// <summary>Why the image must be left alone for now, and why what was read of it need not be the last word; or null.</summary>
    public Problem? StillUncertain(ImageJob job) => job.Session.Gate(job.Access, job.Image.Id).UncertainFor(time) is not { Ticks: > 0 } pause ? null : new Problem(
        Reason.Transient,
        $"An earlier change to {job.Describe()} got no answer and may still be running; the image is looked at again when it has come to an end.",
        pause);

    private static Problem? WhyNotNow(ImageJob job, Image image, TagPlan plan)
    {
        if (WhyNotActive(job, image) is { } reason) return reason;
        return job.Removals.TryTake(image.Id, plan.Removes) ? null : job.Removals.Exhausted(job, [.. plan.Removes]);
    }

    /// <summary>Why tags cannot be written to the image as it is now, or null.</summary>
    internal static Problem? WhyNotActive(ImageJob job, Image image)
    {
        if (image is { IsActive: true, IsImporting: true })
        {
            return new Problem(Reason.ImageNotActive, $"The data of {job.Describe()} is being imported or copied to other stores; its tags are set as soon as that is over.");
        }

        if (image.IsActive) return null;
        return image.Status is "deactivated" or "killed" or "deleted" or "pending_delete"
            ? new Problem(
                Reason.ImageDeactivated,
                $"{Capital(job.Describe())} has status '{image.Status}', and only active images are changed. "
                + $"Choose another, or reactivate it: openstack image set --activate {image.Id}")
            : new Problem(Reason.ImageNotActive, $"{Capital(job.Describe())} has status '{image.Status}'; its tags are set as soon as it is active.");
    }

    private static ImageResult Result(ImageJob job, Image before, Image image, ImageShare share, TagPlan planned, Problem? problem) => new(
        job,
        image,
        share,
        [.. image.Tags.Except(before.Tags).Intersect(share.Claim.Declaration.Tags).Order(StringComparer.Ordinal)],
        [.. before.Tags.Except(image.Tags).Except(share.Claim.Declaration.Tags).Order(StringComparer.Ordinal)],
        problem ?? RefusalOf(job, image, share.Plan)) { Planned = planned };

    /// <summary>People are told of what the cloud acknowledged, even when it cannot be asked whether it is so.</summary>
    private static ImageResult Unverified(ImageResult result, List<TagStep> done) => result with
    {
        Added = [.. result.Added.Union(done.Where(step => step.Verb == TagVerb.Add).Select(step => step.Tag))],
        Removed = [.. result.Removed.Union(done.Where(step => step.Verb == TagVerb.Remove).Select(step => step.Tag))],
    };

    /// <summary>What a plan leaves undone for good, or null.</summary>
    /// <param name="image">As it is now.</param>
    internal static Problem? RefusalOf(ImageJob job, Image image, TagPlan plan) => plan.Refused switch
    {
        [] => null,
        [{ Refusal: TagRefusal.NotAddressable }, ..] => new(
            Reason.TagNotRemovable,
            $"{Capital(job.Describe())} has tags that cannot be removed through the Image API: {Refusals(plan)}. "
            + $"List them in spec.ignoreTags, or replace the image's tags, as its owner: {Replacement(job, image, plan)}"),
        [{ Refusal: TagRefusal.Collision }, ..] => new(Reason.TagCollision, $"{Capital(job.Describe())} cannot have all declared tags: {Refusals(plan)}."),
        _ => new(Reason.TagQuotaExceeded, $"{Capital(job.Describe())} cannot have all declared tags: {Refusals(plan)}."),
    };

    /// <summary>The request that takes away what no call for a single tag can name.</summary>
    private static string Replacement(ImageJob job, Image image, TagPlan plan)
    {
        var unnamed = plan.Refused.Where(refused => refused.Refusal == TagRefusal.NotAddressable).Select(refused => refused.Tag);
        string[] stay = [.. image.Tags.Union(plan.Adds).Except(plan.Removes).Except(unnamed).Order(StringComparer.Ordinal)];
        var tags = string.Join(", ", stay.Select(tag => $"\"{JsonEncodedText.Encode(tag)}\""));
        var patch = $$"""[{"op": "replace", "path": "/tags", "value": [{{tags}}]}]""";
        return "curl -X PATCH -H \"X-Auth-Token: $(openstack token issue -f value -c id)\" "
            + $"-H 'Content-Type: application/openstack-images-v2.1-json-patch' -d '{patch}' {job.Access.Endpoint.AbsoluteUri}/images/{job.Image.Id}";
    }

    private static string Refusals(TagPlan plan) => string.Join("; ", plan.Refused.Select(refused => $"'{refused.Tag}' {refused.Why}"));

    private static string Pending(TagPlan plan) => Steps(plan.Steps);

    private static string Steps(IEnumerable<TagStep> steps) => string.Join(", ", steps.Select(step => (step.Verb == TagVerb.Add ? "+" : "-") + step.Tag));

    private static ImageResult Gone(ImageJob job, TagPlan planned)
    {
        var nothing = ImagePlan.Of([job.Claim with { Declaration = TagDeclaration.Nothing, Managed = [] }], [], job.Rules).ShareOf(job.Claim.Owner);
        var problem = new Problem(Reason.ImageNotFound, $"{Capital(job.Describe())} was deleted meanwhile. Import it again, or correct spec.image.");
        return new ImageResult(job, job.Image, nothing with { Claim = job.Claim }, [], [], problem) { Planned = planned };
    }

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
