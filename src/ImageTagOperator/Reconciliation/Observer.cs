using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Reconciliation;

/// <summary>Observes a set: logs in with its credentials, and reads the images that it applies to and those that it leaves. Writes
/// nothing.</summary>
public sealed class Observer(
    CloudResolver clouds, ImageReadings readings, ImageNeighbours neighbours, LeftImageFinder leftImages, OperatorOptions options,
        TimeProvider time)
{
    /// <summary>Logs in to the cloud of the set.</summary>
    /// <exception cref="ProblemException">The credentials cannot be used, or the cloud does not allow the tags.</exception>
    /// <exception cref="CloudException">The login failed.</exception>
    public async Task<CloudConnection> ConnectAsync(RegisteredSet set, V1Alpha1ImageTagSet entity, CancellationToken cancellationToken)
    {
        var credentials = entity.Spec.CloudCredentialsRef;
        var session = await Steps.During(Steps.Credentials, clouds.ResolveAsync(set, credentials, cancellationToken));
        set.Memory.Use(credentials, session);
        if (SpecRules.TagsFit(entity.Spec, CloudRules.For(session.Cloud.Profile)) is { } unfit) throw (
            unfit with { Reason = Reason.TagRejected }).ToException();
        return new CloudConnection(credentials, session, await Steps.During(Steps.LogIn, session.GetAccessAsync(cancellationToken)));
    }

    /// <summary>Reads the images of the set. When its cloud is of another shard, reads only the images that it leaves.</summary>
    /// <exception cref="ProblemException">No image matches, or there are too many.</exception>
    /// <exception cref="CloudException">The images could not be read.</exception>
    public Task<Observation> ObserveAsync(
        RegisteredSet set, V1Alpha1ImageTagSet entity, CloudConnection by, CancellationToken cancellationToken) =>
        Steps.During(Steps.Read, options.Shard.Owns(by.Cloud)
            ? ReadAsync(set, entity, by, cancellationToken)
            : ReadLeftAsync(set, entity, by, cancellationToken));

    /// <summary>Reads the images of a deleted set. It leaves all of them.</summary>
    public async Task<Observation> ObserveDeletedAsync(RegisteredSet set, V1Alpha1ImageTagSet entity, CancellationToken cancellationToken)
    {
        var left = await leftImages.FindAllAsync(set, entity, cancellationToken);
        return new Observation(set, null, [], left, time.GetUtcNow()) { Problem = left.Problem };
    }

    /// <summary>The status will name the new cloud, so its shard takes over, as soon as nothing is left to release here.</summary>
    private async Task<Observation> ReadLeftAsync(
        RegisteredSet set, V1Alpha1ImageTagSet entity, CloudConnection by, CancellationToken cancellationToken)
    {
        readings.Forget(entity);
        var there = (entity.Status.Images ?? []).Where(state => Location.Of(entity, state).IsIn(by.Access)).ToArray();
        var left = await leftImages.FindAsync(set, entity, by, [.. there.Select(state => state.Id)], cancellationToken);
        return new Observation(set, by, [], left with { Kept = [.. left.Kept, .. there] }, time.GetUtcNow()) { IsHandedOver = true };
    }

    private async Task<Observation> ReadAsync(
        RegisteredSet set, V1Alpha1ImageTagSet entity, CloudConnection by, CancellationToken cancellationToken)
    {
        var reference = entity.Spec.Image;
        var reading = await readings.ReadAsync(set, entity, by.Session, ImageChoice.Term(reference), cancellationToken);
        var left = await leftImages.FindAsync(set, entity, by, ImageChoice.Found(reference, reading.Images), cancellationToken);

        // An image that is missing in a list and was read by its id exists.
        var readById = left.StillMatching.ToDictionary(match => match.Image.Id, match => match.Reading);
        Image[] all =
        [
            .. reading.Images.Where(image => !readById.ContainsKey(image.Id)), .. left.StillMatching.Select(match => match.Image),
        ];
        var chosen = ImageChoice.Choose(reference, by, left.Leaving, all);
        // Images that still match and are not chosen were replaced by newer ones, or by an edit.
        var rest = left.StillMatching.Where(match => !chosen.Contains(match.Image)).ToArray();
        if (entity.Spec.DeletionPolicy == TagDeletionPolicy.Retain && LeftImageFinder.IsEdited(entity))
        {
            var states = rest.Select(match => Location.Find(entity.Status, match.Image.Id, by.Cloud)!);
            left = left with { Retained = [.. left.Retained, .. states] };
            rest = [];
        }

        var isMoving = left.Leaving.SelectMany(image => image.Claim.Managed)
            .Concat(rest.SelectMany(match => Location.Find(entity.Status, match.Image.Id, by.Cloud)?.ManagedTags ?? []))
            .Any(entity.Spec.Tags.Contains);
        var images = await Task.WhenAll(chosen.Select(async image => new ObservedImage(
            set,
            by,
            image,
            readById.GetValueOrDefault(image.Id, reading),
            OwnClaim(entity, by, image) with { IsMoving = isMoving },
            await neighbours.FindClaimsAsync(entity, by, image, cancellationToken))));
        var leaving = left.Leaving.ToList();
        foreach (var (image, single) in rest)
        {
            leaving.Add(await leftImages.MoveOnAsync(set, entity, by, image, single, cancellationToken));
        }

        var isByCurrent = left.Kept.Count == 0 && leaving.All(image => image.By.Session == by.Session);
        var nothing = chosen.Count > 0 ? null : NoMatchProblem(entity, isMoving);
        if (nothing is not null && reference.Selector!.Newest is not null)
        {
            // A moving tag stays on its last image until another image matches.
            var last = leaving.Where(image => image.Leaving == LeavingCause.MovedOn).ToArray();
            leaving.RemoveAll(last.Contains);
            left = left with { Kept = [.. left.Kept, .. last.Select(image => KeptState(entity, image, nothing))] };
        }

        var losesTags = chosen.Count == 0 && leaving.Any(image => image.Claim.Managed.Intersect(entity.Spec.Tags).Any());
        set.Memory.NoMatch = losesTags ? NoMatch.After(set.Memory.NoMatch, entity.Metadata.Generation, reading.AsOf) : null;
        var incomplete = IncompleteListProblem(reference, by, left.Leaving, reading.Images)
            ?? set.Memory.NoMatch?.Unconfirmed(reading.AsOf);
        return new Observation(set, by, images, left with { Leaving = leaving }, reading.AsOf)
        {
            UnreadableIds = reading.UnreadableIds,
            IsListIncomplete = incomplete is not null,
            IsByCurrentCredentials = isByCurrent,
            Problem = incomplete ?? nothing,
        };
    }

    /// <summary>A list that lacks an image which exists can lack others too, also those that the tags move to.</summary>
    private static Problem? IncompleteListProblem(
        ImageReference reference, CloudConnection by, IReadOnlyList<ObservedImage> leaving, IReadOnlyCollection<Image> listed)
    {
        if (ImageChoice.Term(reference) != ImageTerm.All) return null;
        return leaving.FirstOrDefault(image => image.By.Cloud == by.Cloud && by.Owns(image.Image) && image.Image is { OsHidden: false }
            && image.Image.Visibility != "community" && listed.All(one => one.Id != image.Image.Id)) is { } missing
            ? new Problem(Reason.Transient, $"The cloud's list of images lacks {missing.Description}, which exists. The declared tags stay "
                + "on it. It is tried again.")
            : null;
    }

    /// <summary>A set whose writes were refused tries again at each reconcile.</summary>
    private static ImageClaim OwnClaim(V1Alpha1ImageTagSet set, CloudConnection by, Image image)
    {
        var claim = SetClaims.Of(set, Location.Find(set.Status, image.Id, by.Cloud), by.Owns(image), by.Access);
        return claim.WriteAccess == WriteAccess.Refused ? claim with { WriteAccess = WriteAccess.Unproven } : claim;
    }

    /// <summary>The problem of a selector that matched images before and now matches none; it stays until an image matches. A selector that
    /// never matched is no problem.</summary>
    /// <param name="hasTags">Declared tags are still on images that it no longer selects.</param>
    internal static Problem? NoMatchProblem(V1Alpha1ImageTagSet set, bool hasTags)
    {
        if (set.Spec.Image.Selector is not { } selector) return null;
        var lastKnown = set.Status.LastVerifiedReason ?? set.Status.History().Find(Condition.Ready)?.Reason;
        if (!hasTags && set.Status.ImageCount is not > 0 && lastKnown != Reason.NoImageMatches.Name) return null;
        var holders = selector.Newest is null ? "" : " The last ones keep the tags.";
        return new Problem(
            Reason.NoImageMatches,
                $"No image matches spec.image.selector any more.{holders} Correct the selector, or what it looks at on the images.");
    }

    private static ImageState KeptState(V1Alpha1ImageTagSet set, ObservedImage image, Problem why)
    {
        var state = Location.Find(set.Status, image.Image.Id, image.By.Cloud)!;
        return Location.Of(set, state).WriteTo(state with { Leaving = null, Reason = why.Reason.Name, Message = why.Message });
    }
}
