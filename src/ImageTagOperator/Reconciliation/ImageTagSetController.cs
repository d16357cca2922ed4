using System.Text.Json;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Brings the images of a set in line with its declaration: observe, plan, record, write, verify, report.</summary>
public sealed class ImageTagSetController(
    IKubernetesClient kubernetes,
    CloudResolver clouds,
    ImageReadings readings,
    ImageFinder finder,
    SetRegistry registry,
    ImageNeighbours neighbours,
    Releaser releaser,
    TagApplier applier,
    Contention contention,
    Pace pace,
    Announcer announcer,
    TagMetrics metrics,
    TimeProvider time) : IEntityController<V1Alpha1ImageTagSet>
{
    public async Task<ReconciliationResult<V1Alpha1ImageTagSet>> ReconcileAsync(V1Alpha1ImageTagSet entity, CancellationToken cancellationToken)
    {
        var before = entity.Status;
        var outcome = Contended(entity, await CarryOutAsync(entity, cancellationToken));
        await announcer.ChangesAsync(entity, before, outcome, cancellationToken);
        await ReportAsync(entity, StatusBuilder.After(entity, outcome, time.GetUtcNow()), cancellationToken);
        await announcer.ReadyAsync(entity, before, outcome, cancellationToken);
        readings.Note(entity, outcome);
        metrics.Reconciled(entity, before, outcome);
        var result = outcome.Worst is { Reason.Kind: ProblemKind.Retrying } problem
            ? ReconciliationResult<V1Alpha1ImageTagSet>.Failure(entity, problem.Message, requeueAfter: pace.NotBefore(entity.Spec, problem))
            : ReconciliationResult<V1Alpha1ImageTagSet>.Success(entity, outcome.IsSuspended ? null : pace.After(entity.Spec, outcome.Worst));
        return result with { Reason = Situation.Of(entity).Reason };
    }

    public Task<ReconciliationResult<V1Alpha1ImageTagSet>> DeletedAsync(V1Alpha1ImageTagSet entity, CancellationToken cancellationToken)
    {
        clouds.Forget(entity);
        readings.Forget(entity);
        releaser.Forget(entity);
        contention.Forget(entity);
        announcer.Forget(entity);
        return Task.FromResult(ReconciliationResult<V1Alpha1ImageTagSet>.Success(entity));
    }

    /// <summary>Tells of what ended a reconcile. An API server that does not answer is left alone: the next try will tell.</summary>
    public async Task<string> FailedAsync(V1Alpha1ImageTagSet entity, Exception error, CancellationToken cancellationToken)
    {
        if (Problem.Ended(error) is not { } problem) return "";
        if (problem.Reason == Reason.InternalError) metrics.Failed(error);
        var (before, outcome) = (entity.Status, Outcome.Failed(problem));
        await ReportAsync(entity, StatusBuilder.After(entity, outcome, time.GetUtcNow()), cancellationToken);
        await announcer.ReadyAsync(entity, before, outcome, cancellationToken);
        return problem.Reason.Name;
    }

    /// <summary>What a reconcile would find and do. Nothing is written.</summary>
    internal Task<Outcome> PlanAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken) => RunAsync(set, onlyLook: true, cancellationToken);

    /// <summary>A reconcile that nobody is told of.</summary>
    internal Task<Outcome> CarryOutAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken) => RunAsync(set, onlyLook: false, cancellationToken);

    private async Task<Outcome> RunAsync(V1Alpha1ImageTagSet set, bool onlyLook, CancellationToken cancellationToken)
    {
        if (SpecRules.Check(set.Spec) is { } invalid) return Outcome.Failed(invalid);
        if (set.Spec.Suspend) return Outcome.Suspended;
        try
        {
            // Observe and plan. What another set asked for some time ago will do to see that there is nothing to do, never to write by.
            var session = await Steps.During(Steps.Credentials, clouds.ResolveAsync(set, cancellationToken));
            if (SpecRules.TagsFit(set.Spec, session.Cloud.Profile) is { } unfit) return Outcome.Failed(unfit with { Reason = Reason.TagRejected });
            var access = await Steps.During(Steps.LogIn, session.GetAccessAsync(cancellationToken));
            var look = await Steps.During(Steps.Read, LookAsync(set, session, access, cancellationToken));
            if (look.HasWork && time.GetUtcNow() - look.AsOf > TagApplier.FreshFor) look = await Steps.During(Steps.Read, LookAsync(set, session, access, cancellationToken));
            if (look.IsSettled(session)) clouds.Settle(set, session);
            if (set.Spec.Mode == TagSetMode.Observe) return look.Planned;
            if (look.Removals.Refuse([.. look.Images, .. look.Departing]) is { } limit) return look.Outcome with { Problem = limit, IsHeld = true };
            if (onlyLook) return look.Planned;

            // Record, then write and verify: first where tags come, then where they go, so that a tag that moves is always somewhere.
            await RecordAsync(set, look.Outcome, cancellationToken);
            var written = await ApplyAsync(look.Images, cancellationToken);
            var departing = MayRelease(written) ? look.Departing : [.. look.Departing.Select(image => HeldBack(set, image))];
            var released = await ApplyAsync(departing, cancellationToken);
            return look.Outcome with { Images = written, Departed = released };
        }
        catch (ProblemException e)
        {
            return Outcome.Failed(e.Problem);
        }
        catch (CloudException e)
        {
            return Outcome.Failed(Problem.From(e).Of(clouds.Describe(set)));
        }
    }

    /// <summary>What was found and what would have to be done.</summary>
    private sealed record Look(
        ImageResult[] Images, ImageResult[] Departing, Departures Departures, IReadOnlyList<ImageState> Kept, bool HasGivenUp, RemovalBudget Removals, CloudAccess Access,
        Problem? Problem, DateTimeOffset AsOf, IReadOnlyList<string> Odd)
    {
        public bool HasWork => Images.Concat(Departing).Any(image => image.Problem is null && !image.Plan.IsEmpty);

        public Outcome Outcome => new(Images, Departing, Access, Problem)
        {
            AsOf = AsOf,
            Odd = Odd,
            Gone = Departures.Gone,
            Unreached = [.. Departures.Unreached.Where(image => !IsGivenUp(image))],
            LeftBehind = [.. Departures.Unreached.Where(IsGivenUp)],
            Kept = Kept,
            Retained = Departures.Retained,
        };

        /// <summary>With what no write will change.</summary>
        public Outcome Planned => Outcome with { Images = [.. Images.Select(image => image with { Problem = image.Problem ?? TagApplier.RefusalOf(image.Job, image.Image, image.Plan) })] };

        /// <summary>All images are reached with this session.</summary>
        public bool IsSettled(CloudSession session) =>
            Outcome.Unreached.Count == 0 && Departures.Kept.Count == 0 && Departing.All(image => image.Job.Session == session);

        private bool IsGivenUp(ImageState image) => HasGivenUp && image.Leaving is not null;
    }

    private async Task<Look> LookAsync(V1Alpha1ImageTagSet set, CloudSession session, CloudAccess access, CancellationToken cancellationToken)
    {
        var reading = await finder.ReadAsync(set, session, cancellationToken);
        var removals = new RemovalBudget(set.Spec.MaxRemovals);
        var departures = await releaser.FindAsync(set, session, access, ImageFinder.Found(set, reading.Images), removals, cancellationToken);
        var readings = reading.Images.ToDictionary(image => image.Id, _ => reading);
        foreach (var (image, single) in departures.Holders) readings[image.Id] = single;
        var chosen = ImageFinder.Choose(set, session, departures.Jobs, [.. reading.Images.ExceptBy(departures.Holders.Select(holder => holder.Image.Id), image => image.Id), .. departures.Holders.Select(holder => holder.Image)]);

        var images = await Task.WhenAll(chosen.Select(async image =>
            ImageResult.Untouched(await JobAsync(set, session, access, image, readings[image.Id], removals, cancellationToken))));

        // Those that match and are not chosen made room for newer ones.
        var jobs = departures.Jobs.ToList();
        foreach (var (image, single) in departures.Holders.Where(holder => !chosen.Contains(holder.Image)))
        {
            var state = Location.Find(set.Status, image.Id, access.Cloud)!;
            jobs.Add(await releaser.JobAsync(set, state, LeavingCause.MovedOn, session, access, image, single, removals, cancellationToken));
        }

        var nothing = WhyNothing(set, chosen.Count);
        IReadOnlyList<ImageState> kept = departures.Kept;
        if (nothing is not null && set.Spec.Image.Selector!.Newest is not null)
        {
            // A tag that moves stays where it is until there is something that it can move to.
            var last = jobs.Where(job => job.Leaving == LeavingCause.MovedOn).ToArray();
            jobs.RemoveAll(last.Contains);
            kept = [.. kept, .. last.Select(job => KeptBack(set, job, nothing))];
        }

        var departing = jobs.Select(job => ImageResult.Untouched(job, applier.StillUncertain(job))).ToArray();
        var held = contention.Held(set, [.. images, .. departing]);
        return new Look([.. images.Select(Held)], [.. departing.Select(Held)], departures, kept, releaser.HasGivenUp(set, departures), removals, access, nothing, reading.AsOf, reading.Odd);

        ImageResult Held(ImageResult image) => image with { Problem = image.Problem ?? held.GetValueOrDefault(image.Image.Id) };
    }

    /// <summary>From some images to none at all is hardly what was wanted: it is said until there are some again. A selector that never matched
    /// anything waits in peace.</summary>
    private static Problem? WhyNothing(V1Alpha1ImageTagSet set, int images)
    {
        if (images > 0 || set.Spec.Image.Selector is not { } selector) return null;
        var lastKnown = set.Status.LastVerifiedReason ?? StatusBuilder.Find(set.Status, "Ready")?.Reason;
        if (set.Status.ImageCount is not > 0 && lastKnown != Reason.NoImageMatches.Name) return null;
        var holders = selector.Newest is null ? "" : " The last ones keep the tags.";
        return new Problem(Reason.NoImageMatches, $"No image matches spec.image.selector any more.{holders} Correct the selector, or what it looks at on the images.");
    }

    private static ImageState KeptBack(V1Alpha1ImageTagSet set, ImageJob job, Problem why)
    {
        var state = Location.Find(set.Status, job.Image.Id, job.Access.Cloud)!;
        return Location.Of(set, state).Note(state with { Leaving = null, Reason = why.Reason.Name, Message = why.Message });
    }

    /// <summary>Of an image that is left, only what is no longer declared may go.</summary>
    private static ImageResult HeldBack(V1Alpha1ImageTagSet set, ImageResult image)
    {
        var stays = set.Spec.Tags.Intersect(image.Job.Claim.Managed).ToArray();
        return stays.Length == 0 ? image : ImageResult.Untouched(image.Job with { HeldBack = stays }, image.Problem) with { Planned = image.Planned };
    }

    private Outcome Contended(V1Alpha1ImageTagSet set, Outcome outcome)
    {
        if (!outcome.ChangedAnything && outcome.Worst is not null) return outcome;
        var fought = contention.Note(set, [.. outcome.All]);
        return outcome with { Images = outcome.Images?.Select(Told).ToArray(), Departed = [.. outcome.Departed.Select(Told)] };

        ImageResult Told(ImageResult image) => image with { Problem = image.Problem ?? fought.GetValueOrDefault(image.Image.Id) };
    }

    /// <summary>Images that the set leaves keep their tags until those that it applies to have them. One that never will, say because it
    /// belongs to somebody else, does not count as long as another has them.</summary>
    private static bool MayRelease(ImageResult[] written) =>
        written.Length == 0 || (written.Any(HasAllDeclared) && written.All(image => HasAllDeclared(image) || image.Problem is { Reason.Kind: ProblemKind.Stalled }));

    /// <summary>On the image of another set, those that this one leaves there.</summary>
    private static bool HasAllDeclared(ImageResult result) =>
        result.Problem?.Reason != Reason.ImageNotFound && result.Job.Claim.Declaration.Tags.All(tag =>
            result.Image.Tags.Contains(tag) && (result.Share.Winner is not { } winner || ImagePlan.MayStay(winner, tag)));

    private async Task<ImageJob> JobAsync(
        V1Alpha1ImageTagSet set, CloudSession session, CloudAccess access, Image image, ImageReading reading, RemovalBudget removals, CancellationToken cancellationToken)
    {
        var claim = ImageNeighbours.ClaimOf(set, Location.Find(set.Status, image.Id, access.Cloud), ImageNeighbours.Owns(access.ProjectId, image));
        var others = await neighbours.OfAsync(set, set.Spec.CloudCredentialsRef, session, access, image, cancellationToken);
        return new ImageJob(registry.Of(set), session, access, image, reading, claim, others, CloudRules.For(session.Cloud.Profile), removals)
        {
            Credentials = set.Spec.CloudCredentialsRef,
        };
    }

    /// <summary>Write-ahead: from here on the status owns at least what will be written.</summary>
    private async Task RecordAsync(V1Alpha1ImageTagSet set, Outcome outcome, CancellationToken cancellationToken)
    {
        var news = outcome.Images!.Any(image => image.Problem is null && !image.Plan.IsEmpty
            && Location.Find(set.Status, image.Image.Id, image.Job.Access.Cloud) is var known
            && (set.Status.Cloud != image.Job.Access.Cloud
                || known?.ManagedTags is null
                || image.Job.Claim.Declaration.Tags.Except(known.ManagedTags).Any()
                || (set.Spec.DeletionPolicy == TagDeletionPolicy.Restore && known.OriginalTags is null)));
        if (!news) return;

        var planned = StatusBuilder.BeforeWrites(set, outcome, time.GetUtcNow());
        if (Json(planned).Length > StatusBuilder.MostCharacters)
        {
            throw new Problem(
                Reason.TooManyImages,
                $"The status of {outcome.Images!.Count} images with {set.Spec.Tags.Count} tags each would be more than Kubernetes stores in one object. Split the set, or declare fewer tags.").ToException();
        }

        var stored = await ReportAsync(set, planned, cancellationToken, Steps.Record);
        // An API server drops fields that its definition does not know, and says nothing about it.
        if (stored.Status.Images?.Count == set.Status.Images!.Count && stored.Status.Cloud == set.Status.Cloud) return;
        throw new Problem(
            Reason.DefinitionOutdated,
            "The cluster's CustomResourceDefinition imagetagsets.imagetags.io does not keep the status of this version, and without it nothing is written. "
            + "Apply the right one: image-tag-operator crd | kubectl apply -f -").ToException();
    }

    /// <summary>Side by side, as far as the cloud's limits let them.</summary>
    private Task<ImageResult[]> ApplyAsync(IEnumerable<ImageResult> images, CancellationToken cancellationToken) =>
        Steps.During(Steps.Write, Task.WhenAll(images.Select(image => image.Problem is not null ? Task.FromResult(image) : applier.ApplyAsync(image.Job, cancellationToken))));

    /// <summary>Writes the status if it says anything new; gives back what the API server made of it.</summary>
    private async Task<V1Alpha1ImageTagSet> ReportAsync(V1Alpha1ImageTagSet set, ImageTagSetStatus status, CancellationToken cancellationToken, string step = Steps.Report)
    {
        var (old, current) = (Json(set.Status), Json(status));
        if (current.Length > StatusBuilder.MostCharacters)
        {
            status = StatusBuilder.WithoutDetails(status);
            current = Json(status);
        }

        set.Status = status;
        return current == old ? set : await Steps.During(step, kubernetes.UpdateStatusAsync(set, cancellationToken));
    }

    private static string Json(ImageTagSetStatus status) => JsonSerializer.Serialize(status, ImageTagSetJson.Default.ImageTagSetStatus);
}
