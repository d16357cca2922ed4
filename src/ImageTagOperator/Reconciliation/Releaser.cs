using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Gives up images: those that a set no longer applies to, and all of them when it is deleted.</summary>
public sealed class Releaser(CloudSessions sessions, ClaimBook claims)
{
    /// <summary>What has to be done on the images of a status that are not among <paramref name="kept"/>. Images that are gone need nothing.</summary>
    /// <exception cref="CloudException"/>
    public async Task<IReadOnlyList<ImageJob>> JobsAsync(
        V1Alpha1ImageTagSet set, CloudSession session, IReadOnlyCollection<string> kept, CancellationToken cancellationToken)
    {
        var jobs = new List<ImageJob>();
        if (set.Spec.DeletionPolicy == TagDeletionPolicy.Retain) return jobs;
        foreach (var state in (set.Status.Images ?? []).Where(state => !kept.Contains(state.Id, StringComparer.OrdinalIgnoreCase)))
        {
            var readAt = sessions.Gates.Sequence;
            if (await session.GetImageAsync(state.Id, cancellationToken) is { } image) jobs.Add(Job(set, state, image, readAt));
        }

        return jobs;
    }

    private ImageJob Job(V1Alpha1ImageTagSet set, ImageState state, Image image, long readAt)
    {
        var declaration = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore && state.OriginalTags is { } original
            ? new TagDeclaration(original, TagPolicy.Additive, [])
            : TagDeclaration.Nothing;
        return new ImageJob(
            image,
            readAt,
            declaration,
            state.ManagedTags ?? [],
            () => [.. claims.Others(set.Key(), set.Status.ImageEndpoint!, state.Id).SelectMany(claim => claim.Tags)],
            CloudRules.For(set.Spec.CloudCredentialsRef.Profile));
    }
}
