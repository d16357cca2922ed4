using System.Text.Json;
using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>Looks after the images of a status that were not among those found, by <see cref="ReleaseRule"/>. They may be in another cloud
/// than the one that the set names by now, so each is looked for with the credentials it was reached by.</summary>
public sealed class LeftImageFinder(CloudResolver clouds, ImageNeighbours neighbours, TimeProvider time)
{
    /// <summary>Looks for the images of a status that are not among <paramref name="found"/>. Never fails for a cloud's or a Secret's
    /// sake.</summary>
    public Task<LeftImages> FindAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, CloudConnection by, IReadOnlyCollection<string> found,
            CancellationToken cancellationToken)
    {
        var isEdited = IsEdited(set);
        var left = (set.Status.Images ?? [])
            .Where(state => !(found.Contains(state.Id, StringComparer.OrdinalIgnoreCase) && Location.Of(set, state).IsIn(by.Access)));
        return FindAsync(registered, set, left, state => isEdited ? LeavingCause.Edited : state.Leaving, by, cancellationToken);
    }

    /// <summary>The spec, as far as it says which images are meant, is another one than the status was found by.</summary>
    public static bool IsEdited(V1Alpha1ImageTagSet set) => set.Status.Image is { } applied
        && (Json(applied) != Json(set.Spec.Image)
            || (set.Status.CloudCredentialsRef ?? set.Spec.CloudCredentialsRef) != set.Spec.CloudCredentialsRef);

    /// <summary>Looks for all images of the status of a set that is deleted.</summary>
    public Task<LeftImages> FindAllAsync(RegisteredSet registered, V1Alpha1ImageTagSet set, CancellationToken cancellationToken) =>
        FindAsync(registered, set, set.Status.Images ?? [], _ => LeavingCause.Edited, null, cancellationToken);

    /// <summary>An image that was found to be left, with what has to be done on it.</summary>
    public async Task<ObservedImage> LeaveAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, LeavingCause cause, CloudConnection by, Image image, ImageReading reading,
        CancellationToken cancellationToken)
    {
        var state = Location.Find(set.Status, image.Id, by.Cloud)!;
        var declaration = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore && state.OriginalTags is { } original
            ? new TagDeclaration(original, TagPolicy.Additive, [])
            : TagDeclaration.Nothing;
        var claim = ImageNeighbours.ClaimOf(set, state, by.Owns(image)) with { Declaration = declaration, IsLeaving = true };
        by = by with { Credentials = Location.Of(set, state).Credentials };
        return new ObservedImage(
            registered, by, image, reading, claim, await neighbours.OfAsync(set, by, image, cancellationToken)) { Leaving = cause };
    }

    private async Task<LeftImages> FindAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, IEnumerable<ImageState> left, Func<ImageState, LeavingCause?> causeOf,
            CloudConnection? by,
        CancellationToken cancellationToken)
    {
        Candidate[] candidates =
        [
            .. left.Where(state => state.ManagedTags is { Count: > 0 } || state.OriginalTags is not null)
                .Select(state => new Candidate(state, causeOf(state), Location.Of(set, state))),
        ];
        if (candidates.Length == 0) return LeftImages.None;
        var ways = await WaysAsync(
            registered, set, [.. candidates.Where(one => one.Cause is not null && !IsRetained(set, one.Cause))], by, cancellationToken);
        var sights = await Task.WhenAll(candidates.Select(one => LookAsync(set, one, by, WaysTo(one), cancellationToken)));
        var verdicts = sights.ToLookup(sight => ReleaseRule.Of(sight.Evidence, sight.Of.Cause, set.Spec.DeletionPolicy));
        var leaving = await Task.WhenAll(
            verdicts[Release.CleanUp].Select(sight => TryLeaveAsync(registered, set, sight, cancellationToken)));
        Sight[] unreached = [.. verdicts[Release.Retry], .. leaving.Where(one => one.Image is null).Select(one => one.Sight)];
        return new LeftImages(
            [.. verdicts[Release.Keep].Select(sight => (sight.Image!, sight.Reading!))],
            [.. leaving.Select(one => one.Image).OfType<ObservedImage>()],
            [.. verdicts[Release.Forget].Select(sight => sight.Of.State)],
            [.. unreached.Select(Unreached)],
            [.. verdicts[Release.Block].Select(Kept)],
            [.. verdicts[Release.Retain].Select(sight => sight.Of.State)],
            unreached.Select(sight => sight.Problem).FirstOrDefault(problem => problem is not null));

        // Where the spec did not change, and where nothing is removed, only the credentials that the spec names have a say.
        IEnumerable<Way> WaysTo(Candidate one) =>
            one.Cause is null || IsRetained(set, one.Cause) ? [new Way(by?.Session, null)] : ways(one);
    }

    /// <summary>Without an image: the sight, with what was in the way.</summary>
    private async Task<(Sight Sight, ObservedImage? Image)> TryLeaveAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, Sight sight, CancellationToken cancellationToken)
    {
        var cause = sight.Of.Cause ?? LeavingCause.MovedOn;
        try
        {
            return (sight, await LeaveAsync(registered, set, cause, sight.By!, sight.Image!, sight.Reading!, cancellationToken));
        }
        catch (CloudException e)
        {
            return (sight with { Of = sight.Of with { Cause = cause }, Problem = Problems.Of(e) }, null);
        }
    }

    /// <summary>The ways to an image that is left on purpose, in the order in which they are tried: the credentials that reached it, those
    /// that the set names now, and the last ones that worked.</summary>
    private async Task<Func<Candidate, IEnumerable<Way>>> WaysAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, IReadOnlyCollection<Candidate> leaving, CloudConnection? by,
            CancellationToken cancellationToken)
    {
        var ways = new Dictionary<CloudCredentialsRef, Way>();
        var current = set.Spec.CloudCredentialsRef;
        if (leaving.Count == 0) return _ => [];
        foreach (var credentials in leaving.Select(one => one.Location.Credentials).Append(current).Distinct())
        {
            ways[credentials] = by is not null && credentials == current ? new Way(by.Session, null)
                : await WayAsync(registered, credentials, cancellationToken);
        }

        return one => new[] { ways[one.Location.Credentials], ways[current], new Way(registered.Memory.LastGood, null) }.Distinct();
    }

    private async Task<Way> WayAsync(RegisteredSet set, CloudCredentialsRef credentials, CancellationToken cancellationToken)
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

    private async Task<Sight> LookAsync(
        V1Alpha1ImageTagSet set, Candidate one, CloudConnection? current, IEnumerable<Way> ways, CancellationToken cancellationToken)
    {
        var (evidence, problem) = (Evidence.CloudChanged, (Problem?)null);
        foreach (var way in ways)
        {
            problem ??= way.Problem;
            if (way.Session is not { } session) continue;
            try
            {
                var isCurrent = session == current?.Session;
                var by = new CloudConnection(
                    one.Location.Credentials, session, isCurrent ? current!.Access : await session.GetAccessAsync(cancellationToken));
                if (!one.Location.IsIn(by.Access))
                {
                    problem ??= new Problem(
                        Reason.CloudChanged, $"The credentials now lead to {by.Cloud}, and the image is in {one.Location.Cloud}.");
                    continue;
                }

                if (await ReadAsync(set, one.State.Id, session, cancellationToken) is { Images: [var image, ..] } reading)
                {
                    // Only where the spec leads now can it mean an image; a set that is deleted means none.
                    var matches = isCurrent && ImageSelection.MatchesReference(set.Spec.Image, ImageChoice.Facts(image));
                    return new Sight(one, matches ? Evidence.Matches : Evidence.DoesNotMatch) { By = by, Image = image, Reading = reading };
                }

                if (one.Location.IsSeenBy(by.Access)) evidence = Evidence.Gone;
                else problem ??= new Problem(
                    Reason.CloudChanged, "The credentials are now of another project, which does not see the image.");
            }
            catch (CloudException e)
            {
                problem ??= Problems.Of(e);
                if (evidence != Evidence.Gone) evidence = Evidence.None;
            }
        }

        return new Sight(one, evidence) { Problem = problem };
    }

    /// <summary>The image by its id: with no image when it is not shown.</summary>
    private async Task<ImageReading> ReadAsync(
        V1Alpha1ImageTagSet set, string imageId, CloudSession session, CancellationToken cancellationToken)
    {
        if (set.Spec.Image.Selector is not { Properties: not null }) return await session.Images.ReadAsync(
            ImageTerm.Id(imageId), cancellationToken);
        // Batches leave out what this selector looks at.
        var (asOf, sequence) = (time.GetUtcNow(), clouds.Sequence);
        return new ImageReading(await session.GetImageAsync(imageId, cancellationToken) is { } image ? [image] : [], asOf, sequence);
    }

    /// <summary>An outage has many messages. The first one stays, so that not each try is a status write.</summary>
    private static ImageState Unreached(Sight sight)
    {
        var problem = sight.Problem ?? new Problem(Reason.Transient, "It is tried again.");
        var state = sight.Of.State;
        return sight.Of.Location.Note(state) with
        {
            Leaving = sight.Of.Cause,
            Reason = problem.Reason.Name,
            Message = state.Reason == problem.Reason.Name ? state.Message : problem.Message,
        };
    }

    private static ImageState Kept(Sight sight) => sight.Of.Location.Note(sight.Of.State) with
    {
        Reason = Reason.CloudChanged.Name,
        Message = $"{sight.Problem?.Message} Its tags stay, because a changed Secret removes no tags. "
            + "Restore the Secret. Or edit spec.cloudCredentialsRef or spec.image, which removes the tags.",
    };

    private static bool IsRetained(V1Alpha1ImageTagSet set, LeavingCause? cause) =>
        ReleaseRule.Of(Evidence.None, cause, set.Spec.DeletionPolicy) == Release.Retain;

    private static string Json(ImageReference reference) => JsonSerializer.Serialize(reference, ImageTagSetJson.Default.ImageReference);

    /// <summary>An image of the status.</summary>
    private sealed record Candidate(ImageState State, LeavingCause? Cause, Location Location);

    /// <summary>A session that may lead to an image, or why there is none.</summary>
    private sealed record Way(CloudSession? Session, Problem? Problem);

    /// <summary>What was learned of an image.</summary>
    private sealed record Sight(Candidate Of, Evidence Evidence)
    {
        public CloudConnection? By { get; init; }

        public Image? Image { get; init; }

        public ImageReading? Reading { get; init; }

        public Problem? Problem { get; init; }
    }
}
