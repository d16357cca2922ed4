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

/// <summary>Decides by <see cref="ReleaseRule"/> about the images in a status that the set no longer selects. They can be in another cloud
/// than the one that the set now names, so each is read with the credentials that reached it before.</summary>
public sealed class LeftImageFinder(CloudResolver clouds, ImageNeighbours neighbours, TimeProvider time)
{
    /// <summary>Reads the images of the status that are not in <paramref name="found"/>. Errors of a cloud or a Secret are part of the
    /// result.</summary>
    public Task<LeftImages> FindAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, CloudConnection by, IReadOnlyCollection<string> found,
            CancellationToken cancellationToken)
    {
        var isEdited = IsEdited(set);
        var left = (set.Status.Images ?? [])
            .Where(state => !(found.Contains(state.Id, StringComparer.OrdinalIgnoreCase) && Location.Of(set, state).IsIn(by.Access)));
        return FindAsync(registered, set, left, state => isEdited ? LeavingCause.Edited : state.Leaving, by, cancellationToken);
    }

    /// <summary>True when <c>spec.image</c> or <c>spec.cloudCredentialsRef</c> was edited since the status was written.</summary>
    public static bool IsEdited(V1Alpha1ImageTagSet set) => set.Status.Image is { } applied
        && (Json(applied) != Json(set.Spec.Image)
            || (set.Status.CloudCredentialsRef ?? set.Spec.CloudCredentialsRef) != set.Spec.CloudCredentialsRef);

    /// <summary>Reads all images of the status of a deleted set.</summary>
    public Task<LeftImages> FindAllAsync(RegisteredSet registered, V1Alpha1ImageTagSet set, CancellationToken cancellationToken) =>
        FindAsync(registered, set, set.Status.Images ?? [], _ => LeavingCause.Edited, null, cancellationToken);

    /// <summary>Builds the observation of an image that the set leaves, with the claims on it.</summary>
    public async Task<ObservedImage> LeaveAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, LeavingCause cause, CloudConnection by, Image image, ImageReading reading,
        CancellationToken cancellationToken)
    {
        var state = Location.Find(set.Status, image.Id, by.Cloud)!;
        var declaration = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore && state.OriginalTags is { } original
            ? new TagDeclaration(original, TagPolicy.Additive, [])
            : TagDeclaration.Nothing;
        var claim = SetClaims.Of(set, state, by.Owns(image), by.Access) with
        {
            Declaration = declaration, IsLeaving = true, Moving = SetClaims.Moving(set, state),
        };
        var others = await neighbours.FindClaimsAsync(set, by, image, cancellationToken);
        return new ObservedImage(registered, by, image, reading, claim, others)
        {
            Leaving = cause,
            Location = Location.Of(by) with { Credentials = Location.Of(set, state).Credentials },
        };
    }

    /// <summary>Builds the observation of a matching image that newer ones replaced. The credentials that reached it before come first, as
    /// for all images that the set leaves: those of the spec may see the image and not be able to write to it.</summary>
    /// <param name="by">The connection of the spec, which read the image.</param>
    public async Task<ObservedImage> MoveOnAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, CloudConnection by, Image image, ImageReading reading,
        CancellationToken cancellationToken)
    {
        var former = Location.Of(set, Location.Find(set.Status, image.Id, by.Cloud)!);
        if (former.Credentials != by.Credentials)
        {
            var candidate = new Candidate(new ImageState { Id = image.Id }, LeavingCause.MovedOn, former);
            var option = await ResolveSessionAsync(registered, former.Credentials, cancellationToken);
            var inspection = await InspectAsync(set, candidate, current: null, [option], cancellationToken);
            if (inspection is { By: { } other, Image: { } read }) (by, image, reading) = (other, read, inspection.Reading!);
        }

        return await LeaveAsync(registered, set, LeavingCause.MovedOn, by, image, reading, cancellationToken);
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
        var sessions = await ResolveSessionsAsync(
            registered, set, [.. candidates.Where(one => one.Cause is not null && !IsRetained(set, one.Cause))], by, cancellationToken);
        var inspections = await Task.WhenAll(candidates.Select(one => InspectAsync(set, one, by, SessionsFor(one), cancellationToken)));
        var byRelease = inspections.ToLookup(inspection =>
            ReleaseRule.Of(inspection.Evidence, inspection.Of.Cause, set.Spec.DeletionPolicy));
        var leaving = await Task.WhenAll(
            byRelease[Release.CleanUp].Select(inspection => TryLeaveAsync(registered, set, inspection, cancellationToken)));
        Inspection[] unreached = [.. byRelease[Release.Retry], .. leaving.Where(one => one.Image is null).Select(one => one.Inspection)];
        return new LeftImages(
            [.. byRelease[Release.Keep].Select(inspection => (inspection.Image!, inspection.Reading!))],
            [.. leaving.Select(one => one.Image).OfType<ObservedImage>()],
            [.. byRelease[Release.Forget].Select(inspection => inspection.Of.State)],
            [.. unreached.Select(Unreached)],
            [.. byRelease[Release.Block].Select(Kept)],
            [.. byRelease[Release.Retain].Select(inspection => inspection.Of.State)],
            unreached.Select(inspection => inspection.Problem).FirstOrDefault(problem => problem is not null));

        // When the spec did not change, or no tags are removed, only the credentials of the spec are used.
        IEnumerable<SessionOption> SessionsFor(Candidate one) =>
            one.Cause is null || IsRetained(set, one.Cause)
                ? [new SessionOption(set.Spec.CloudCredentialsRef, by?.Session, null)] : sessions(one);
    }

    /// <summary>Observes an image that the set leaves. On an error the image is null, and the inspection has the problem.</summary>
    private async Task<(Inspection Inspection, ObservedImage? Image)> TryLeaveAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, Inspection inspection, CancellationToken cancellationToken)
    {
        var cause = inspection.Of.Cause ?? LeavingCause.MovedOn;
        try
        {
            var (by, image, reading) = (inspection.By!, inspection.Image!, inspection.Reading!);
            return (inspection, await LeaveAsync(registered, set, cause, by, image, reading, cancellationToken));
        }
        catch (CloudException e)
        {
            return (inspection with { Of = inspection.Of with { Cause = cause }, Problem = Problems.Of(e) }, null);
        }
    }

    /// <summary>Resolves the sessions for images that the set leaves, in the order of use: the credentials that reached the image, those
    /// that the set names now, and the last ones that worked.</summary>
    private async Task<Func<Candidate, IEnumerable<SessionOption>>> ResolveSessionsAsync(
        RegisteredSet registered, V1Alpha1ImageTagSet set, IReadOnlyCollection<Candidate> leaving, CloudConnection? by,
            CancellationToken cancellationToken)
    {
        var sessions = new Dictionary<CloudCredentialsRef, SessionOption>();
        var current = set.Spec.CloudCredentialsRef;
        if (leaving.Count == 0) return _ => [];
        foreach (var credentials in leaving.Select(one => one.Location.Credentials).Append(current).Distinct())
        {
            sessions[credentials] = by is not null && credentials == current ? new SessionOption(current, by.Session, null)
                : await ResolveSessionAsync(registered, credentials, cancellationToken);
        }

        var lastGood = new SessionOption(current, registered.Memory.LastGood, null);
        return one => new[] { sessions[one.Location.Credentials], sessions[current], lastGood }
            .DistinctBy(option => (option.Session, option.Problem));
    }

    private async Task<SessionOption> ResolveSessionAsync(
        RegisteredSet set, CloudCredentialsRef credentials, CancellationToken cancellationToken)
    {
        try
        {
            return new SessionOption(credentials, await clouds.ResolveAsync(set, credentials, cancellationToken), null);
        }
        catch (ProblemException e)
        {
            return new SessionOption(credentials, null, e.Problem);
        }
    }

    private async Task<Inspection> InspectAsync(
        V1Alpha1ImageTagSet set, Candidate one, CloudConnection? current, IEnumerable<SessionOption> sessions,
        CancellationToken cancellationToken)
    {
        var (evidence, problem) = (Evidence.CloudChanged, (Problem?)null);
        // Other credentials reached the image. Only those of the spec can show that it still matches, and they may see it without a list.
        if (current is not null && sessions.First().Session != current.Session && one.Location.IsIn(current.Access))
        {
            try
            {
                var reading = await ReadAsync(set, one.State.Id, current.Session, cancellationToken);
                if (reading is { Images: [var image, ..] } && ImageSelection.MatchesReference(set.Spec.Image, ImageChoice.Facts(image)))
                {
                    return new Inspection(one, Evidence.Matches) { By = current, Image = image, Reading = reading };
                }
            }
            catch (CloudException e)
            {
                return new Inspection(one, Evidence.None) { Problem = Problems.Of(e) };
            }
        }

        foreach (var option in sessions)
        {
            problem ??= option.Problem;
            if (option.Session is not { } session) continue;
            try
            {
                var isCurrent = session == current?.Session;
                var by = new CloudConnection(
                    option.Credentials, session, isCurrent ? current!.Access : await session.GetAccessAsync(cancellationToken));
                if (!one.Location.IsIn(by.Access))
                {
                    problem ??= new Problem(
                        Reason.CloudChanged, $"The credentials now lead to {by.Cloud}, and the image is in {one.Location.Cloud}.");
                    continue;
                }

                if (await ReadAsync(set, one.State.Id, session, cancellationToken) is { Images: [var image, ..] } reading)
                {
                    // The spec matches only images of its current cloud; a deleted set matches none.
                    var matches = isCurrent && ImageSelection.MatchesReference(set.Spec.Image, ImageChoice.Facts(image));
                    var evidenceOfImage = matches ? Evidence.Matches : Evidence.DoesNotMatch;
                    return new Inspection(one, evidenceOfImage) { By = by, Image = image, Reading = reading };
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

        return new Inspection(one, evidence) { Problem = problem };
    }

    /// <summary>Reads an image by its id; the reading is empty when the image is not visible.</summary>
    private async Task<ImageReading> ReadAsync(
        V1Alpha1ImageTagSet set, string imageId, CloudSession session, CancellationToken cancellationToken)
    {
        if (set.Spec.Image.Selector is not { Properties: not null }) return await session.Images.ReadAsync(
            ImageTerm.Id(imageId), cancellationToken);
        // Cached readings do not contain the properties that this selector uses.
        var (asOf, sequence) = (time.GetUtcNow(), clouds.Sequence);
        return new ImageReading(await session.GetImageAsync(imageId, cancellationToken) is { } image ? [image] : [], asOf, sequence);
    }

    /// <summary>The messages of an outage vary. The first message is kept, so that a retry does not write the status.</summary>
    private static ImageState Unreached(Inspection inspection)
    {
        var problem = inspection.Problem ?? new Problem(Reason.Transient, "It is tried again.");
        var state = inspection.Of.State;
        return inspection.Of.Location.WriteTo(state) with
        {
            Leaving = inspection.Of.Cause,
            Reason = problem.Reason.Name,
            Message = state.Reason == problem.Reason.Name ? state.Message : problem.Message,
        };
    }

    private static ImageState Kept(Inspection inspection) => inspection.Of.Location.WriteTo(inspection.Of.State) with
    {
        Reason = Reason.CloudChanged.Name,
        Message = $"{inspection.Problem?.Message} Its tags stay, because a changed Secret removes no tags. "
            + "Restore the Secret. Or edit spec.cloudCredentialsRef or spec.image, which removes the tags.",
    };

    private static bool IsRetained(V1Alpha1ImageTagSet set, LeavingCause? cause) =>
        ReleaseRule.Of(Evidence.None, cause, set.Spec.DeletionPolicy) == Release.Retain;

    private static string Json(ImageReference reference) => JsonSerializer.Serialize(reference, ImageTagSetJson.Default.ImageReference);

    /// <summary>An image of the status, with the reason why the set leaves it.</summary>
    private sealed record Candidate(ImageState State, LeavingCause? Cause, Location Location);

    /// <summary>A session for reading an image, or the problem why there is none.</summary>
    private sealed record SessionOption(CloudCredentialsRef Credentials, CloudSession? Session, Problem? Problem);

    /// <summary>The result of reading one image.</summary>
    private sealed record Inspection(Candidate Of, Evidence Evidence)
    {
        public CloudConnection? By { get; init; }

        public Image? Image { get; init; }

        public ImageReading? Reading { get; init; }

        public Problem? Problem { get; init; }
    }
}
