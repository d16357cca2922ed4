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
    ClaimBook claims,
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
        return Task.FromResult(ReconciliationResult<V1Alpha1ImageTagSet>.Success(entity));
    }

    /// <summary>Tells of what nobody foresaw. An API server that refuses or does not answer was foreseen: nothing can be written to it, and the
    /// next try will tell.</summary>
    public async Task<string> FailedAsync(V1Alpha1ImageTagSet entity, Exception error, CancellationToken cancellationToken)
    {
        if (error is KubernetesException or HttpRequestException or TimeoutException) return "";
        metrics.Failed(error);
        var (before, outcome) = (entity.Status, Outcome.Failed(Problem.Unforeseen(error)));
        await ReportAsync(entity, StatusBuilder.After(entity, outcome, time.GetUtcNow()), cancellationToken);
        await announcer.ReadyAsync(entity, before, outcome, cancellationToken);
        return Reason.InternalError.Name;
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
            var endpoint = (await Steps.During(Steps.LogIn, session.GetImageEndpointAsync(cancellationToken))).AbsoluteUri;
            var look = await Steps.During(Steps.Read, LookAsync(set, session, endpoint, cancellationToken));
            if (look.HasWork && time.GetUtcNow() - look.AsOf > TagApplier.FreshFor) look = await Steps.During(Steps.Read, LookAsync(set, session, endpoint, cancellationToken));
            if (look.Outcome.Unreached.Count == 0 && look.Departing.All(image => image.Job.Session == session)) clouds.Settle(set, session);
            if (set.Spec.Mode == TagSetMode.Observe) return look.Planned;
            if (look.Removals.Refuse([.. look.Images, .. look.Departing]) is { } limit) return look.Outcome with { Problem = limit, IsHeld = true };
            if (onlyLook) return look.Planned;

            // Record, then write and verify: first where tags come, then where they go, so that a tag that moves is always somewhere.
            await RecordAsync(set, look.Outcome, cancellationToken);
            var written = await ApplyAsync(look.Images, cancellationToken);
            var released = MayRelease(written) ? await ApplyAsync(look.Departing, cancellationToken) : look.Departing;
            return look.Outcome with { Images = written, Departed = released };
        }
        catch (ProblemException e)
        {
            return Outcome.Failed(e.Problem);
        }
        catch (CloudException e)
        {
            return Outcome.Failed(Problem.From(e));
        }
    }

    /// <summary>What was found and what would have to be done.</summary>
    private sealed record Look(ImageResult[] Images, ImageResult[] Departing, Departures Departures, bool HasGivenUp, RemovalBudget Removals, string Endpoint, DateTimeOffset AsOf)
    {
        public bool HasWork => Images.Concat(Departing).Any(image => image.Problem is null && !image.Plan.IsEmpty);

        public Outcome Outcome => new(Images, Departing, Endpoint, null)
        {
            Gone = Departures.Gone,
            Unreached = HasGivenUp ? [] : Departures.Unreached,
            LeftBehind = HasGivenUp ? Departures.Unreached : [],
        };

        /// <summary>With what no write will change.</summary>
        public Outcome Planned => Outcome with { Images = [.. Images.Select(image => image with { Problem = image.Problem ?? TagApplier.RefusalOf(image.Job, image.Plan) })] };
    }

    private async Task<Look> LookAsync(V1Alpha1ImageTagSet set, CloudSession session, string endpoint, CancellationToken cancellationToken)
    {
        var reading = await finder.FindAsync(set, session, cancellationToken);
        var ids = reading.Images.Select(image => image.Id).ToArray();
        claims.Enter(set, endpoint, ids);
        var removals = new RemovalBudget(set.Spec.MaxRemovals);
        var images = reading.Images.Select(image => Plan(set, session, endpoint, image, reading, removals)).ToArray();
        var departures = await releaser.FindAsync(set, ids, removals, cancellationToken);
        var departing = departures.Jobs.Select(job => ImageResult.Untouched(job, applier.StillUncertain(job))).ToArray();
        var held = contention.Held(set, [.. images, .. departing]);
        return new Look([.. images.Select(Held)], [.. departing.Select(Held)], departures, releaser.HasGivenUp(set, departures), removals, endpoint, reading.AsOf);

        ImageResult Held(ImageResult image) => image with { Problem = image.Problem ?? held.GetValueOrDefault(image.Image.Id) };
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

    private static bool HasAllDeclared(ImageResult result) =>
        result.Problem?.Reason != Reason.ImageNotFound && result.Job.Declaration.Tags.All(tag => result.Image.Tags.Contains(tag));

    private ImageResult Plan(V1Alpha1ImageTagSet set, CloudSession session, string endpoint, Image image, ImageReading reading, RemovalBudget removals)
    {
        var spec = set.Spec;
        var verdict = Verdict();
        var job = new ImageJob(
            session,
            image,
            reading,
            new TagDeclaration(spec.Tags, spec.Policy, spec.IgnoreTags ?? []),
            set.Status.Images?.FirstOrDefault(state => state.Id == image.Id)?.ManagedTags ?? [],
            () => Verdict().DeclaredByOthers,
            CloudRules.For(session.Cloud.Profile),
            removals) { IsOvertaken = () => claims.IsOvertaken(set) };
        return ImageResult.Untouched(job, verdict.Winner is not { } winner ? null : new Problem(
            Reason.Conflict,
            $"ImageTagSet {winner} is older and also claims {job.Describe()}, and one of the two has policy Exact, which shares with nobody. "
            + $"Delete one of them, merge their tags, or make both Additive. This set takes over when {winner} goes."));

        ClaimVerdict Verdict() => ClaimResolver.Resolve(
            new ImageClaim(set.Key().ToString(), set.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue, spec.Policy, spec.Tags),
            claims.Others(set.Key(), endpoint, image.Id));
    }

    /// <summary>Write-ahead: from here on the status owns at least what will be written.</summary>
    private async Task RecordAsync(V1Alpha1ImageTagSet set, Outcome outcome, CancellationToken cancellationToken)
    {
        var news = outcome.Images!.Any(image => image.Problem is null && !image.Plan.IsEmpty
            && set.Status.Images?.FirstOrDefault(state => state.Id == image.Image.Id) is var known
            && (known?.ManagedTags is null
                || image.Job.Declaration.Tags.Except(known.ManagedTags).Any()
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
        if (stored.Status.Images?.Count == set.Status.Images!.Count) return;
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
