using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;

namespace ImageTagOperator.Reconciliation;

/// <summary>Observes a set's images: from its credentials to a session, and from that to the images that it applies to and those that it
/// leaves. Writes nothing.</summary>
public sealed class Observer(
    CloudResolver clouds, ImageReadings readings, ImageNeighbours neighbours, LeftImageFinder leftImages, TimeProvider time)
{
    /// <exception cref="ProblemException">The credentials cannot be used.</exception>
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

    /// <exception cref="ProblemException">There is no such image, or there are too many.</exception>
    /// <exception cref="CloudException">The images could not be read.</exception>
    public Task<Observation> ObserveAsync(
        RegisteredSet set, V1Alpha1ImageTagSet entity, CloudConnection by, CancellationToken cancellationToken) =>
        Steps.During(Steps.Read, ReadAsync(set, entity, by, cancellationToken));

    /// <summary>Of a set that is deleted: it leaves all of its images.</summary>
    public async Task<Observation> ObserveDeletedAsync(RegisteredSet set, V1Alpha1ImageTagSet entity, CancellationToken cancellationToken)
    {
        var left = await leftImages.FindAllAsync(set, entity, cancellationToken);
        return new Observation(set, null, [], left, time.GetUtcNow()) { Problem = left.Problem };
    }

    private async Task<Observation> ReadAsync(
        RegisteredSet set, V1Alpha1ImageTagSet entity, CloudConnection by, CancellationToken cancellationToken)
    {
        var reference = entity.Spec.Image;
        var reading = await readings.ReadAsync(set, entity, by.Session, ImageChoice.Term(reference), cancellationToken);
        var left = await leftImages.FindAsync(set, entity, by, ImageChoice.Found(reference, reading.Images), cancellationToken);

        // What a list lacks and its own id shows is there.
        var byItself = left.Holders.ToDictionary(holder => holder.Image.Id, holder => holder.Reading);
        Image[] all = [.. reading.Images.Where(image => !byItself.ContainsKey(image.Id)), .. left.Holders.Select(holder => holder.Image)];
        var chosen = ImageChoice.Choose(reference, by, left.Leaving, all);
        var images = await Task.WhenAll(chosen.Select(async image => new ObservedImage(
            set,
            by,
            image,
            byItself.GetValueOrDefault(image.Id, reading),
            ImageNeighbours.ClaimOf(entity, Location.Find(entity.Status, image.Id, by.Cloud), by.Owns(image)),
            await neighbours.OfAsync(entity, by, image, cancellationToken))));

        // Those that match and are not chosen made room for newer ones, or for those that an edit means.
        var leaving = left.Leaving.ToList();
        var rest = left.Holders.Where(holder => !chosen.Contains(holder.Image)).ToArray();
        if (entity.Spec.DeletionPolicy == TagDeletionPolicy.Retain && LeftImageFinder.IsEdited(entity))
        {
            var states = rest.Select(holder => Location.Find(entity.Status, holder.Image.Id, by.Cloud)!);
            left = left with { Retained = [.. left.Retained, .. states] };
            rest = [];
        }

        foreach (var (image, single) in rest)
        {
            leaving.Add(await leftImages.LeaveAsync(set, entity, LeavingCause.MovedOn, by, image, single, cancellationToken));
        }

        var nothing = chosen.Count > 0 ? null : WhyNothing(entity);
        if (nothing is not null && reference.Selector!.Newest is not null)
        {
            // A tag that moves stays where it is until there is something that it can move to.
            var last = leaving.Where(image => image.Leaving == LeavingCause.MovedOn).ToArray();
            leaving.RemoveAll(last.Contains);
            left = left with { Kept = [.. left.Kept, .. last.Select(image => KeptBack(entity, image, nothing))] };
        }

        return new Observation(set, by, images, left with { Leaving = leaving }, reading.AsOf) { Odd = reading.Odd, Problem = nothing };
    }

    /// <summary>From some images to none at all is hardly what was wanted: it is said until there are some again. A selector that never
    /// matched anything is no problem.</summary>
    internal static Problem? WhyNothing(V1Alpha1ImageTagSet set)
    {
        if (set.Spec.Image.Selector is not { } selector) return null;
        var lastKnown = set.Status.LastVerifiedReason ?? set.Status.History().Find(Condition.Ready)?.Reason;
        if (set.Status.ImageCount is not > 0 && lastKnown != Reason.NoImageMatches.Name) return null;
        var holders = selector.Newest is null ? "" : " The last ones keep the tags.";
        return new Problem(
            Reason.NoImageMatches,
                $"No image matches spec.image.selector any more.{holders} Correct the selector, or what it looks at on the images.");
    }

    private static ImageState KeptBack(V1Alpha1ImageTagSet set, ObservedImage image, Problem why)
    {
        var state = Location.Find(set.Status, image.Image.Id, image.By.Cloud)!;
        return Location.Of(set, state).Note(state with { Leaving = null, Reason = why.Reason.Name, Message = why.Message });
    }
}
