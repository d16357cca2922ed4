using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Tags;
using ImageTagOperator.Telemetry;

namespace ImageTagOperator.Reconciliation;

/// <summary>The writes of one reconcile to one image. The image's gate is held meanwhile.</summary>
internal sealed class ImageWrite(
    PlannedImage planned, RemovalBudget removals, ImageGate gate, ImageNeighbours neighbours, ServerErrors serverErrors, TagMetrics metrics,
    TimeProvider time, WriteListener? listener)
{
    /// <summary>Another client that writes at the same moment makes Glance lose tags; more rounds than this are left to the next
    /// reconcile.</summary>
    private const int Rounds = 3;

    private readonly long begin = time.GetTimestamp();
    private ObservedImage observed = planned.Observed;
    private Image image = planned.Observed.Image;
    private Image before = planned.Observed.Image;

    private CloudSession Session => observed.By.Session;

    /// <summary>The set was edited, or the program is to end.</summary>
    private bool IsStopped => listener?.Stop.IsCancellationRequested == true || observed.Set.IsSuperseded;

    private bool IsTurnOver => gate.HasWaiters && time.GetElapsedTime(begin) > TagApplier.Turn;

    /// <exception cref="CloudException">The cloud failed before the first write.</exception>
    public async Task<ImageResult> RunAsync(CancellationToken cancellationToken)
    {
        if (gate.WrittenSince(observed.Reading.Sequence) && !await ReadAsync(cancellationToken)) return Gone();
        var share = await PlanAsync(cancellationToken);
        if (!share.Plan.IsEmpty && image == observed.Image && time.GetUtcNow() - observed.Reading.AsOf > TagApplier.FreshFor)
        {
            // A reading of some time ago shows that there is nothing to do; no write follows from it.
            if (!await ReadAsync(cancellationToken)) return Gone();
            share = await PlanAsync(cancellationToken);
        }

        before = image;
        using var write = share.Plan.IsEmpty ? null : Session.BeginWrite(image.Id);
        for (var round = 1; ; round++)
        {
            var reason = WhyNotNow(share);
            if (reason is not null || share.Plan.IsEmpty) return Result(share, reason);
            if (ImageProblems.WhyNotRemoved(observed, removals, share.Plan) is { } limit) return Result(share, limit);

            var done = new List<TagStep>();
            var (problem, mayStillRun) = await SendAsync(share.Plan, done, cancellationToken);
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
                // Good for this reconcile only: no API tells the limit, and another client may have filled the image for a moment.
                observed = observed with { Rules = observed.Rules with { Quota = image.Tags.Count } };
                problem = null;
            }

            share = observed.ShareOf(image);
            if (problem is not null && !share.Plan.IsEmpty) return Result(share, problem);
            if (round == Rounds && !share.Plan.IsEmpty && !IsStopped && !IsTurnOver)
            {
                return Result(share, ImageProblems.Lost(observed, share.Plan, done, Rounds, TagApplier.ReplicaLag));
            }

            share = await PlanAsync(cancellationToken);
        }
    }

    /// <summary>Who else claims the image is asked each time: sets come and go.</summary>
    private async Task<ImageShare> PlanAsync(CancellationToken cancellationToken)
    {
        observed = observed with { Others = await neighbours.OfAsync(observed.Set.Set, observed.By, image, cancellationToken) };
        return observed.ShareOf(image);
    }

    private Problem? WhyNotNow(ImageShare share)
    {
        if (ImageProblems.ConflictOf(observed, share) is { } conflict) return conflict;
        if (share.Plan.IsEmpty) return null;
        if (IsStopped) return ImageProblems.Interrupted(observed, share.Plan);
        return IsTurnOver ? ImageProblems.TurnIsOver(observed, share.Plan) : ImageProblems.WhyNotActive(observed, image);
    }

    /// <summary>Sends the steps one after the other. A tag that the cloud does not take does not keep the others from it.</summary>
    /// <param name="done">Takes the steps that the cloud acknowledged.</param>
    private async Task<(Problem? Problem, bool MayStillRun)> SendAsync(TagPlan plan, List<TagStep> done,
        CancellationToken cancellationToken)
    {
        Problem? first = null;
        var stayed = new List<string>();
        foreach (var step in plan.Steps)
        {
            if (IsStopped || (done.Count > 0 && IsTurnOver)) break;
            // Beside a tag that should have gone first, and that the cloud takes for the same, this one would make both undeletable.
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
                // No token could be had for this one; those before it were written all the same.
                return (Problems.Of(e), false);
            }

            metrics.RecordWrite(step.Verb, outcome.Result);
            if (outcome.Result is TagWriteResult.Done)
            {
                done.Add(step);
                listener?.Written(observed, step);
                serverErrors.Forget(observed.By.Cloud, image.Id, step.Tag);
                continue;
            }

            if (step.Verb == TagVerb.Remove) stayed.Add(step.Tag);
            // A 404 may be a removal of what is gone already, or an image that is gone, or one of Glance's false ones: the reading that
            // follows tells.
            if (outcome.Result is TagWriteResult.NotFound) continue;
            var failsAlways = step.Verb == TagVerb.Remove && outcome.Result is TagWriteResult.ServerError
                && serverErrors.Another(observed.By.Cloud, image.Id, step.Tag);
            var problem = ImageProblems.OfWrite(observed, step, outcome, failsAlways);
            first ??= problem;
            if (outcome.Result is TagWriteResult.Uncertain) return (problem, true);
            // Another one would fare no better, and what goes may have to go first.
            if (outcome.Result is TagWriteResult.NotSent or TagWriteResult.Forbidden or TagWriteResult.QuotaExceeded) return (
                problem, false);
        }

        return (first, false);
    }

    /// <returns>False: the image is gone.</returns>
    private async Task<bool> ReadAsync(CancellationToken cancellationToken)
    {
        if (await Session.GetImageAsync(image.Id, cancellationToken, isUrgent: true) is not { } read) return false;
        image = read;
        return true;
    }

    /// <summary>A replica of the cloud's database may lag, so that one look does not prove that a write was lost.</summary>
    /// <returns>False: the image is gone.</returns>
    private async Task<bool> ReadBackAsync(WrittenImage write, List<TagStep> done, CancellationToken cancellationToken)
    {
        if (await Session.GetWrittenAsync(write, cancellationToken) is not { } read) return false;
        image = read;
        if (done.All(step => image.Tags.Contains(step.Tag) == (step.Verb == TagVerb.Add))) return true;
        await Task.Delay(TagApplier.ReplicaLag, time, cancellationToken);
        return await ReadAsync(cancellationToken);
    }

    private ImageResult Result(ImageShare share, Problem? problem) => new(
        planned with { Observed = observed },
        image,
        share,
        [.. image.Tags.Except(before.Tags).Intersect(share.Claim.Declaration.Tags).Order(StringComparer.Ordinal)],
        [.. before.Tags.Except(image.Tags).Except(share.Claim.Declaration.Tags).Order(StringComparer.Ordinal)],
        problem ?? ImageProblems.RefusalOf(observed, image, share.Plan));

    /// <summary>People are told of what the cloud acknowledged, even when it cannot be asked whether it is so.</summary>
    private ImageResult Unverified(ImageShare share, List<TagStep> done, Problem? problem)
    {
        var result = Result(share, problem);
        return result with
        {
            Added = [.. result.Added.Union(done.Where(step => step.Verb == TagVerb.Add).Select(step => step.Tag))],
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
