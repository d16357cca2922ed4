using System.Collections.Immutable;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Tags;
using ImageTagOperator.Telemetry;

namespace ImageTagOperator.Reconciliation;

/// <summary>The writes of one reconcile to one image. The caller holds the image's gate.</summary>
internal sealed class ImageWrite(
    PlannedImage planned, RemovalBudget removals, ImageGate gate, ImageNeighbours neighbours, ServerErrors serverErrors, TagMetrics metrics,
    TimeProvider time, WriteListener? listener)
{
    /// <summary>The maximum rounds of write and verify. Glance loses tags when another client writes at the same time; the next reconcile
    /// retries.</summary>
    private const int Rounds = 3;

    private readonly long begin = time.GetTimestamp();
    private ObservedImage observed = planned.Observed;
    private Image image = planned.Observed.Image;
    private Image before = planned.Observed.Image;
    private WriteAccess? access;

    private CloudSession Session => observed.By.Session;

    /// <summary>The set was edited or deleted, or the command was interrupted.</summary>
    private bool IsStopped => listener?.Stop.IsCancellationRequested == true || observed.Set.IsSuperseded;

    private bool IsTurnOver => gate.HasWaiters && time.GetElapsedTime(begin) > TagApplier.MaxTurn;

    /// <exception cref="CloudException">The cloud failed before the first write.</exception>
    public async Task<ImageResult> RunAsync(CancellationToken cancellationToken)
    {
        // A replica can still show a tag that another set has just removed, and a set that restores it does not look again later.
        var mayLag = observed.IsRestoring
            && observed.Claim.Declaration.Tags.Any(tag => gate.RemovedSince(tag, time.GetUtcNow() - TagApplier.ReplicaLag));
        if (mayLag) await Task.Delay(TagApplier.ReplicaLag, time, cancellationToken);
        if ((mayLag || gate.WrittenSince(observed.Reading.Sequence)) && !await ReadAsync(cancellationToken)) return Gone();
        var share = await PlanAsync(cancellationToken);
        if (!WritesOf(share).IsEmpty && image == observed.Image && time.GetUtcNow() - observed.Reading.AsOf > TagApplier.FreshFor)
        {
            // An old reading can show that nothing has to change, but a write needs a fresh one.
            if (!await ReadAsync(cancellationToken)) return Gone();
            share = await PlanAsync(cancellationToken);
        }

        before = image;
        using var write = WritesOf(share).IsEmpty ? null : Session.BeginWrite(image.Id);
        for (var round = 1; ; round++)
        {
            var reason = WhyNotNow(share);
            if (reason is not null || WritesOf(share).IsEmpty) return Result(share, reason);
            if (!planned.IsHeld && ImageProblems.WhyNotRemoved(observed, removals, share.Plan) is { } limit) return Result(share, limit);

            var done = new List<TagStep>();
            var (problem, mayStillRun) = await SendAsync(share, done, cancellationToken);
            if (mayStillRun) return Unverified(share, done, problem);
            try
            {
                if (!await ReadBackAsync(write!, done, cancellationToken)) return Gone();
            }
            catch (CloudException e)
            {
                return Unverified(share, done, problem ?? Problems.Of(e));
            }

            if (problem?.Reason == Reason.TagQuotaExceeded && round < Rounds)
            {
                // Valid for this reconcile only: no API returns the quota, and another client may have filled the image temporarily.
                observed = observed with { Rules = observed.Rules with { Quota = image.Tags.Count } };
                problem = null;
            }

            var isProof = WritesOf(share).Any(step => step == share.Proof);
            share = observed.ShareOf(image);
            // A lagging replica can show tags that the set cannot keep there.
            var isUnsolved = isProof || access == WriteAccess.Refused || !share.Plan.IsEmpty;
            if (problem is not null && isUnsolved) return Result(share, problem);
            if (round == Rounds && !share.Plan.IsEmpty && !IsStopped && !IsTurnOver)
            {
                return Result(share, ImageProblems.Lost(observed, share.Plan, done, Rounds, TagApplier.ReplicaLag));
            }

            share = await PlanAsync(cancellationToken, isFirst: false);
        }
    }

    /// <summary>Reads the claims of the other sets each time, because sets are created and deleted meanwhile.</summary>
    private async Task<ImageShare> PlanAsync(CancellationToken cancellationToken, bool isFirst = true)
    {
        observed = observed with { Others = await neighbours.FindClaimsAsync(observed.Set.Set, observed.By, image, cancellationToken) };
        var share = observed.ShareOf(image);
        // Nothing depends on a proof now. It is sent once, and only to an image that takes writes.
        return isFirst && !IsStopped && ImageProblems.WhyNotActive(observed, image) is null ? share : share with { Proof = null };
    }

    private ImmutableArray<TagStep> WritesOf(ImageShare share) => share.Writes(planned.IsHeld);

    private Problem? WhyNotNow(ImageShare share)
    {
        if (ImageProblems.ConflictOf(observed, share) is { } conflict) return conflict;
        if (share.Plan.IsEmpty || planned.IsHeld) return null;
        if (IsStopped) return ImageProblems.Interrupted(observed, share.Plan);
        return IsTurnOver ? ImageProblems.TurnEnded(observed, share.Plan) : ImageProblems.WhyNotActive(observed, image);
    }

    /// <summary>Sends the steps one after another. A tag that the cloud rejects does not stop the others.</summary>
    /// <param name="done">Receives the steps that the cloud acknowledged.</param>
    private async Task<(Problem? Problem, bool MayStillRun)> SendAsync(
        ImageShare share, List<TagStep> done, CancellationToken cancellationToken)
    {
        Problem? first = null;
        var stayed = new List<string>();
        foreach (var step in WritesOf(share))
        {
            var isProof = step == share.Proof;
            if (IsStopped || (done.Count > 0 && IsTurnOver)) break;
            // The removal of a colliding tag failed. With both tags on the image, the cloud could delete neither.
            if (step.Verb == TagVerb.Add && stayed.Exists(other => observed.Rules.Collides(step.Tag, other))) continue;
            TagWriteOutcome outcome;
            try
            {
                outcome = step.Verb == TagVerb.Add
                    ? await Session.AddTagAsync(image.Id, step.Tag, cancellationToken)
                    : await Session.RemoveTagAsync(image.Id, step.Tag, cancellationToken);
            }
            catch (CloudException e)
            {
                // The login failed for this step. The steps before it were written.
                return (Problems.Of(e), false);
            }

            metrics.RecordWrite(step.Verb, outcome.Result);
            access = AccessOf(outcome.Result, isProof) ?? access;
            if (access == WriteAccess.Granted)
            {
                var claim = observed.Claim with { WriteAccess = WriteAccess.Granted, Writer = observed.By.Access.Identity };
                observed = observed with { Claim = claim };
            }

            if (outcome.Result is TagWriteResult.Done)
            {
                done.Add(step);
                if (!isProof) listener?.Written(observed, step);
                serverErrors.Forget(observed.By.Cloud, image.Id, step.Tag);
                continue;
            }

            if (step.Verb == TagVerb.Remove) stayed.Add(step.Tag);
            // A 404 means that the tag or the image was deleted, or it is a false 404 of Glance under load. The read after the writes shows
            // which.
            if (outcome.Result is TagWriteResult.NotFound) continue;
            var failsAlways = !isProof && step.Verb == TagVerb.Remove && outcome.Result is TagWriteResult.ServerError
                && serverErrors.Record(observed.By.Cloud, image.Id, step.Tag);
            var problem = ImageProblems.OfWrite(observed, step, outcome, failsAlways, isProof);
            first ??= problem;
            if (outcome.Result is TagWriteResult.Uncertain) return (problem, true);
            // The next step would fail in the same way.
            if (outcome.Result is TagWriteResult.NotSent or TagWriteResult.Forbidden or TagWriteResult.QuotaExceeded) return (
                problem, false);
        }

        return (first, false);
    }

    /// <summary>What the result of a write shows about the permission to write; null when it shows nothing.</summary>
    private static WriteAccess? AccessOf(TagWriteResult result, bool isProof) => result switch
    {
        TagWriteResult.Done => WriteAccess.Granted,
        TagWriteResult.NotFound when isProof => WriteAccess.Granted,
        TagWriteResult.Forbidden => WriteAccess.Refused,
        _ => null,
    };

    /// <returns>False when the image was deleted.</returns>
    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (await Session.GetImageAsync(image.Id, cancellationToken, isUrgent: true) is not { } read) return false;
        image = read;
        return true;
    }

    /// <summary>Reads the image after the writes. When a write is missing, it reads again after a delay, because a database replica can
    /// lag.</summary>
    /// <returns>False when the image was deleted.</returns>
    private async Task<bool> ReadBackAsync(WrittenImage write, List<TagStep> done, CancellationToken cancellationToken)
    {
        if (await Session.GetWrittenAsync(write, cancellationToken) is not { } read) return false;
        image = read;
        if (done.All(step => image.Tags.Contains(step.Tag) == (step.Verb == TagVerb.Add))) return true;
        await Task.Delay(TagApplier.ReplicaLag, time, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private ImageResult Result(ImageShare share, Problem? problem) => new(
        planned with { Observed = observed with { Image = before } },
        image,
        share,
        [.. image.Tags.Except(before.Tags).Intersect(share.Claim.Declaration.Tags).Order(StringComparer.Ordinal)],
        [.. before.Tags.Except(image.Tags).Except(share.Claim.Declaration.Tags).Order(StringComparer.Ordinal)],
        problem ?? ImageProblems.RefusalOf(observed, image, share.Plan))
    {
        WriteAccess = access,
    };

    /// <summary>The result when the image could not be read again: acknowledged writes are reported.</summary>
    private ImageResult Unverified(ImageShare share, List<TagStep> done, Problem? problem)
    {
        var result = Result(share, problem);
        return result with
        {
            Added = [.. result.Added.Union(done.Where(step => step.Verb == TagVerb.Add).Select(step => step.Tag).Except(before.Tags))],
            Removed = [.. result.Removed.Union(done.Where(step => step.Verb == TagVerb.Remove).Select(step => step.Tag))],
        };
    }

    private ImageResult Gone()
    {
        var nothing = ImagePlan.Of([observed.Claim with { Declaration = TagDeclaration.Nothing, Managed = [] }], [], observed.Rules)
            .ShareOf(observed.Claim.Owner);
        return new ImageResult(planned, observed.Image, nothing with { Claim = observed.Claim }, [], [], ImageProblems.Deleted(observed));
    }
}
