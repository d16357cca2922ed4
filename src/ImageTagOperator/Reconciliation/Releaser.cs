using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>Gives up images: those that a set no longer applies to, and all of them when it is deleted.</summary>
public sealed class Releaser(ClaimBook claims)
{
    /// <summary>What has to be done on the images of a status that are not among <paramref name="kept"/>, and those that the cloud does not
    /// show (any more).</summary>
    /// <exception cref="CloudException"/>
    public async Task<(IReadOnlyList<ImageJob> Jobs, IReadOnlyList<ImageState> Gone)> JobsAsync(
        V1Alpha1ImageTagSet set, CloudSession session, IReadOnlyCollection<string> kept, RemovalBudget removals, CancellationToken cancellationToken)
    {
        // Retain is for images that the declaration lets go, not for those that a selector moves on from.
        if (set.Spec is { DeletionPolicy: TagDeletionPolicy.Retain, Image.Selector: null }) return ([], []);
        var left = (set.Status.Images ?? []).Where(state => !kept.Contains(state.Id, StringComparer.OrdinalIgnoreCase)).ToArray();
        var readings = await Task.WhenAll(left.Select(state => session.Images.ReadAsync(ImageTerm.Id(state.Id), cancellationToken)));
        var pairs = left.Zip(readings).ToArray();
        return (
            [.. pairs.Where(pair => pair.Second.Images.Count > 0).Select(pair => Job(set, session, pair.First, pair.Second, removals))],
            [.. pairs.Where(pair => pair.Second.Images.Count == 0).Select(pair => pair.First)]);
    }

    private ImageJob Job(V1Alpha1ImageTagSet set, CloudSession session, ImageState state, ImageReading reading, RemovalBudget removals)
    {
        var declaration = set.Spec.DeletionPolicy == TagDeletionPolicy.Restore && state.OriginalTags is { } original
            ? new TagDeclaration(original, TagPolicy.Additive, [])
            : TagDeclaration.Nothing;
        return new ImageJob(
            reading.Images[0],
            reading,
            declaration,
            state.ManagedTags ?? [],
            () => [.. claims.Others(set.Key(), set.Status.ImageEndpoint!, state.Id).SelectMany(claim => claim.Tags)],
            CloudRules.For(session.Cloud.Profile),
            removals);
    }
}
