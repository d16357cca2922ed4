using System.Collections.Concurrent;
using System.Text.Json;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Looks after the images of a status that were not among those found, by <see cref="ReleaseRule"/>. They may be in another cloud than
/// the one that the set names by now, so each is looked for with the credentials it was reached by.</summary>
public sealed class Releaser(CloudResolver clouds, SetRegistry registry, ImageNeighbours neighbours, OperatorOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> unreachedSince = new();

    /// <summary>Looks for the images of a status that are not among <paramref name="found"/>. Never fails for a cloud's or a Secret's sake.</summary>
    public Task<Departures> FindAsync(
        V1Alpha1ImageTagSet set, CloudSession session, CloudAccess access, IReadOnlyCollection<string> found, RemovalBudget removals, CancellationToken cancellationToken)
    {
        var isEdited = IsEdited(set);
        var left = (set.Status.Images ?? []).Where(state => !(IsAmong(found, state.Id) && Location.Of(set, state).IsIn(access)));
        return FindAsync(set, left, state => isEdited ? LeavingCause.Edited : state.Leaving, session, access, removals, cancellationToken);
    }

    /// <summary>The spec, as far as it says which images are meant, is another one than the status was found by.</summary>
    public static bool IsEdited(V1Alpha1ImageTagSet set) => set.Status.Image is { } applied
        && (Json(applied) != Json(set.Spec.Image) || (set.Status.CloudCredentialsRef ?? set.Spec.CloudCredentialsRef) != set.Spec.CloudCredentialsRef);

    /// <summary>Looks for all images of the status of a set that is deleted.</summary>
    public Task<Departures> FindAllAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken) =>
        FindAsync(set, set.Status.Images ?? [], _ => LeavingCause.Edited, null, null, new RemovalBudget(null), cancellationToken);

    /// <summary>Whether images could not be reached for so long that they are given up, as they are when a set is deleted. Counts from the
    /// first time that this process tried.</summary>
    public bool HasGivenUp(V1Alpha1ImageTagSet set, Departures departures)
    {
        if (departures.Unreached.Any(state => state.Leaving is not null)) return time.GetUtcNow() - unreachedSince.GetOrAdd(set.Metadata.Uid!, time.GetUtcNow()) >= options.DeletionDeadline;
        unreachedSince.TryRemove(set.Metadata.Uid!, out _);
        return false;
    }

    public void Forget(V1Alpha1ImageTagSet set) => unreachedSince.TryRemove(set.Metadata.Uid!, out _);

    private async Task<Departures> FindAsync(
        V1Alpha1ImageTagSet set, IEnumerable<ImageState> left, Func<ImageState, LeavingCause?> causeOf, CloudSession? session, CloudAccess? access,
        RemovalBudget removals, CancellationToken cancellationToken)
    {
        var candidates = left.Where(state => state.ManagedTags is { Count: > 0 } || state.OriginalTags is not null)
            .Select(state => (State: state, Cause: causeOf(state))).ToArray();
        if (candidates.Length == 0) return Departures.None;
        var ways = await WaysAsync(set, [.. candidates.Where(one => one.Cause is not null && !IsRetained(set, one.Cause)).Select(one => one.State)], session, cancellationToken);
        var looks = await Task.WhenAll(candidates.Select(one => LookAsync(set, one.State, one.Cause, session, access, ways, cancellationToken)));
        var verdicts = looks.Select(look => (Look: look, Release: ReleaseRule.Of(look.Evidence, look.Cause, set.Spec.DeletionPolicy))).ToLookup(one => one.Release, one => one.Look);
        var tries = await Task.WhenAll(verdicts[Release.LetGo].Select(look => TryJobAsync(set, look, removals, cancellationToken)));
        Look[] unreached = [.. verdicts[Release.TryAgain], .. tries.Where(one => one.Job is null).Select(one => one.Look)];
        return new Departures(
            [.. verdicts[Release.Keep].Select(look => (look.Sight!.Image, look.Sight.Reading))],
            [.. tries.Select(one => one.Job).OfType<ImageJob>()],
            [.. verdicts[Release.Forget].Select(look => look.State)],
            [.. unreached.Select(Unreached)],
            [.. verdicts[Release.Hold].Select(Kept)],
            [.. verdicts[Release.Retain].Select(look => look.State)],
            unreached.Select(look => look.Problem).FirstOrDefault(problem => problem is not null));
    }

    /// <summary>What has to be done on an image that was found to be left.</summary>
    public async Task<ImageJob> JobAsync(
        V1Alpha1ImageTagSet set, ImageState state, LeavingCause cause, CloudSession session, CloudAccess access, Image image, ImageReading reading,
        RemovalBudget removals, CancellationToken cancellationToken)
    {
        var credentials = Location.Of(set, state).Credentials;
        var others = await neighbours.OfAsync(set, credentials, session, access, image, cancellationToken);
        var declaration = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore && state.OriginalTags is { } original
            ? new TagDeclaration(original, TagPolicy.Additive, [])
            : TagDeclaration.Nothing;
        var claim = ImageNeighbours.ClaimOf(set, state, ImageNeighbours.Owns(access.ProjectId, image)) with { Declaration = declaration, IsLeaving = true };
        return new ImageJob(registry.Of(set), session, access, image, reading, claim, others, CloudRules.For(session.Cloud.Profile), removals)
        {
            Credentials = credentials,
            Leaving = cause,
        };
    }

    /// <summary>Without a job: the look, with what was in the way.</summary>
    private async Task<(Look Look, ImageJob? Job)> TryJobAsync(
        V1Alpha1ImageTagSet set, Look look, RemovalBudget removals, CancellationToken cancellationToken)
    {
        var (cause, sight) = (look.Cause ?? LeavingCause.MovedOn, look.Sight!);
        try
        {
            var job = JobAsync(set, look.State, cause, sight.Session, sight.Access, sight.Image, sight.Reading, removals, cancellationToken);
            return (look, await job);
        }
        catch (CloudException e)
        {
            return (look with { Cause = cause, Problem = Problem.From(e) }, null);
        }
    }

    /// <summary>The ways to each of the images that are left on purpose, in the order in which they are tried.</summary>
    private async Task<Dictionary<CloudCredentialsRef, Way>> WaysAsync(
        V1Alpha1ImageTagSet set, IReadOnlyCollection<ImageState> leaving, CloudSession? session, CancellationToken cancellationToken)
    {
        var ways = new Dictionary<CloudCredentialsRef, Way>();
        if (leaving.Count == 0) return ways;
        foreach (var credentials in leaving.Select(state => Location.Of(set, state).Credentials).Append(set.Spec.CloudCredentialsRef).Distinct())
        {
            ways[credentials] = session is not null && credentials == set.Spec.CloudCredentialsRef ? new Way(session, null) : await WayAsync(set, credentials, cancellationToken);
        }

        return ways;
    }

    private async Task<Way> WayAsync(V1Alpha1ImageTagSet set, CloudCredentialsRef credentials, CancellationToken cancellationToken)
    {
        try
        {
            return new Way(await clouds.ResolveAsync(set, credentials, cancellationToken), null);
        }
        catch (ProblemException e)
        {
            return new Way(null, e.Problem);
        }
    }

    private async Task<Look> LookAsync(
        V1Alpha1ImageTagSet set, ImageState state, LeavingCause? cause, CloudSession? session, CloudAccess? access, Dictionary<CloudCredentialsRef, Way> ways,
        CancellationToken cancellationToken)
    {
        var location = Location.Of(set, state);
        if (IsRetained(set, cause)) return new Look(state, cause, location, Evidence.None, null, null);
        var (evidence, sight, problem) = (Evidence.CloudChanged, (Sight?)null, (Problem?)null);
        // The spec is the same: only the credentials that it names now have a say.
        IEnumerable<Way> tries = cause is null ? [new Way(session, null)] : [ways[location.Credentials], ways[set.Spec.CloudCredentialsRef], new Way(clouds.LastGood(set), null)];
        foreach (var way in tries.Distinct())
        {
            problem ??= way.Problem;
            if (way.Session is not { } by) continue;
            try
            {
                var reached = by == session ? access! : await by.GetAccessAsync(cancellationToken);
                if (!location.IsIn(reached))
                {
                    problem ??= new Problem(Reason.CloudChanged, $"The credentials now lead to {reached.Cloud}, and the image is in {location.Cloud}.");
                    continue;
                }

                sight = await ReadAsync(set, state, by, reached, cancellationToken);
                if (sight is not null)
                {
                    // Only where the spec leads now can it mean an image; a set that is deleted means none.
                    evidence = by == session && ImageSelection.Means(set.Spec.Image, ImageFinder.Facts(sight.Image)) ? Evidence.Matches : Evidence.MatchesNot;
                    return new Look(state, cause, location, evidence, sight, null);
                }

                if (location.IsSeenBy(reached)) evidence = Evidence.Gone;
                else problem ??= new Problem(Reason.CloudChanged, "The credentials are now of another project, which does not see the image.");
            }
            catch (CloudException e)
            {
                problem ??= Problem.From(e);
                if (evidence != Evidence.Gone) evidence = Evidence.None;
            }
        }

        return new Look(state, cause, location, evidence, null, problem);
    }

    /// <summary>Null: it is not shown.</summary>
    private async Task<Sight?> ReadAsync(V1Alpha1ImageTagSet set, ImageState state, CloudSession session, CloudAccess access, CancellationToken cancellationToken)
    {
        if (set.Spec.Image.Selector is { Properties: not null })
        {
            // Batches leave out what this selector looks at.
            var (asOf, sequence) = (time.GetUtcNow(), clouds.Sequence);
            var image = await session.GetImageAsync(state.Id, cancellationToken);
            return image is null ? null : new Sight(session, access, image, new ImageReading([image], asOf, sequence));
        }

        var reading = await session.Images.ReadAsync(ImageTerm.Id(state.Id), cancellationToken);
        return reading.Images is [var one, ..] ? new Sight(session, access, one, reading) : null;
    }

    /// <summary>An outage has many words. The first ones stay, lest each try be a write.</summary>
    private static ImageState Unreached(Look look)
    {
        var problem = look.Problem ?? new Problem(Reason.Transient, "It is tried again.");
        return look.Location.Note(look.State) with
        {
            Leaving = look.Cause,
            Reason = problem.Reason.Name,
            Message = look.State.Reason == problem.Reason.Name ? look.State.Message : problem.Message,
        };
    }

    private static ImageState Kept(Look look) => look.Location.Note(look.State) with
    {
        Reason = Reason.CloudChanged.Name,
        Message = $"{look.Problem?.Message} Its tags stay: what is in a Secret lets nothing go. Lead the Secret back, or have them go by an edit of spec.cloudCredentialsRef or spec.image.",
    };

    private static bool IsRetained(V1Alpha1ImageTagSet set, LeavingCause? cause) =>
        ReleaseRule.Of(Evidence.None, cause, set.Spec.DeletionPolicy) == Release.Retain;

    private static bool IsAmong(IReadOnlyCollection<string> ids, string id) => ids.Contains(id, StringComparer.OrdinalIgnoreCase);

    private static string Json(ImageReference reference) => JsonSerializer.Serialize(reference, ImageTagSetJson.Default.ImageReference);

    private sealed record Way(CloudSession? Session, Problem? Problem);

    /// <summary>An image as credentials saw it.</summary>
    private sealed record Sight(CloudSession Session, CloudAccess Access, Image Image, ImageReading Reading);

    private sealed record Look(ImageState State, LeavingCause? Cause, Location Location, Evidence Evidence, Sight? Sight, Problem? Problem);
}
