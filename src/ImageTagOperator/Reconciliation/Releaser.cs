using System.Collections.Concurrent;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Gives up images: those that a set no longer applies to, and all of them when it is deleted. They may be in another cloud than the
/// one that the set names by now, so each is looked for with the credentials it was reached by.</summary>
public sealed class Releaser(CloudResolver clouds, ClaimBook claims, OperatorOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> unreachedSince = new();

    /// <summary>Looks for the images of a status that are not among <paramref name="kept"/>. Never fails for a cloud's or a Secret's sake.</summary>
    public async Task<Departures> FindAsync(V1Alpha1ImageTagSet set, IReadOnlyCollection<string> kept, RemovalBudget removals, CancellationToken cancellationToken)
    {
        // Retain is for images that the declaration lets go, not for those that a selector moves on from.
        if (set.Spec is { DeletionPolicy: TagDeletionPolicy.Retain, Image.Selector: null }) return Departures.None;
        var left = (set.Status.Images ?? []).Where(state => !kept.Contains(state.Id, StringComparer.OrdinalIgnoreCase)).ToArray();
        if (left.Length == 0) return Departures.None;

        var ways = new Dictionary<CloudCredentialsRef, Way>();
        foreach (var credentials in left.Select(state => CredentialsOf(set, state)).Append(set.Spec.CloudCredentialsRef).Distinct())
        {
            ways[credentials] = await WayAsync(set, credentials, cancellationToken);
        }

        var found = await Task.WhenAll(left.Select(state => FindAsync(set, state, ways, removals, cancellationToken)));
        return new Departures(
            [.. found.Select(one => one.Job).OfType<ImageJob>()],
            [.. found.Where(one => one.Job is null && one.Problem is null).Select(one => one.State)],
            [.. found.Where(one => one.Job is null && one.Problem is not null).Select(one => Unreached(set, one.State, one.Problem!))],
            found.Select(one => one.Job is null ? one.Problem : null).FirstOrDefault(problem => problem is not null));
    }

    /// <summary>Whether images could not be reached for so long that they are given up, as they are when a set is deleted. Counts from the
    /// first time that this process tried.</summary>
    public bool HasGivenUp(V1Alpha1ImageTagSet set, Departures departures)
    {
        if (departures.Unreached.Count > 0) return time.GetUtcNow() - unreachedSince.GetOrAdd(set.Metadata.Uid!, time.GetUtcNow()) >= options.DeletionDeadline;
        unreachedSince.TryRemove(set.Metadata.Uid!, out _);
        return false;
    }

    public void Forget(V1Alpha1ImageTagSet set) => unreachedSince.TryRemove(set.Metadata.Uid!, out _);

    private async Task<(ImageState State, ImageJob? Job, Problem? Problem)> FindAsync(
        V1Alpha1ImageTagSet set, ImageState state, Dictionary<CloudCredentialsRef, Way> ways, RemovalBudget removals, CancellationToken cancellationToken)
    {
        var (before, now, last) = (ways[CredentialsOf(set, state)], ways[set.Spec.CloudCredentialsRef], new Way(clouds.LastGood(set), null));
        // Whose word counts when the image is not shown: another project or another address says nothing about it.
        var authority = last.Session ?? before.Session;
        var isGone = false;
        Problem? problem = null;
        foreach (var way in new[] { before, now, last }.Distinct())
        {
            problem ??= way.Problem;
            if (way.Session is not { } session) continue;
            try
            {
                var endpoint = (await session.GetImageEndpointAsync(cancellationToken)).AbsoluteUri;
                var reading = await session.Images.ReadAsync(ImageTerm.Id(state.Id), cancellationToken);
                if (reading.Images.Count > 0) return (state, Job(set, session, endpoint, state, reading, removals), null);
                var isHome = state.CloudCredentialsRef is not null || (set.Status.ImageEndpoint ?? endpoint) == endpoint;
                isGone |= session == authority && isHome;
                if (!isHome) problem ??= new Problem(Reason.EndpointNotFound, $"The credentials now lead to {endpoint}, and the image is at {set.Status.ImageEndpoint}.");
            }
            catch (CloudException e)
            {
                problem ??= Problem.From(e);
            }
        }

        return (state, null, isGone ? null : problem ?? new Problem(Reason.Transient, "It is tried again."));
    }

    private ImageJob Job(V1Alpha1ImageTagSet set, CloudSession session, string endpoint, ImageState state, ImageReading reading, RemovalBudget removals)
    {
        var declaration = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore && state.OriginalTags is { } original
            ? new TagDeclaration(original, TagPolicy.Additive, [])
            : TagDeclaration.Nothing;
        return new ImageJob(
            session,
            reading.Images[0],
            reading,
            declaration,
            state.ManagedTags ?? [],
            () => [.. claims.Others(set.Key(), endpoint, state.Id).SelectMany(claim => claim.Tags)],
            CloudRules.For(session.Cloud.Profile),
            removals) { Credentials = Foreign(set, state), IsOvertaken = () => claims.IsOvertaken(set) };
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

    /// <summary>An outage has many words. The first ones stay, lest each try be a write.</summary>
    private static ImageState Unreached(V1Alpha1ImageTagSet set, ImageState state, Problem problem) => state with
    {
        CloudCredentialsRef = Foreign(set, state),
        Reason = problem.Reason.Name,
        Message = state.Reason == problem.Reason.Name ? state.Message : problem.Message,
    };

    private static CloudCredentialsRef CredentialsOf(V1Alpha1ImageTagSet set, ImageState state) =>
        state.CloudCredentialsRef ?? set.Status.CloudCredentialsRef ?? set.Spec.CloudCredentialsRef;

    /// <summary>What an image's state must say of its credentials: nothing when they are the set's own.</summary>
    private static CloudCredentialsRef? Foreign(V1Alpha1ImageTagSet set, ImageState state) =>
        CredentialsOf(set, state) is var credentials && credentials == set.Spec.CloudCredentialsRef ? null : credentials;

    private sealed record Way(CloudSession? Session, Problem? Problem);
}
