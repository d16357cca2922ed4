using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Reconciliation;

/// <summary>From a set's <c>spec.image</c> to the live image.</summary>
public static class ImageFinder
{
    private const int NamesListed = 5;

    /// <exception cref="ProblemException">There is no such image, or more than one.</exception>
    /// <exception cref="CloudException"/>
    public static async Task<Image> FindAsync(CloudSession session, ImageReference reference, CancellationToken cancellationToken)
    {
        if (reference.Id is { } id)
        {
            return await session.GetImageAsync(id, cancellationToken)
                ?? throw new Problem(
                    Reason.ImageNotFound,
                    $"{Capital(session)} has no image {id}, or does not show it to {session.Cloud.Credential.Description}. "
                    + "Correct spec.image.id, or use credentials of the project that owns the image.").ToException();
        }

        var found = await session.FindImagesAsync(reference.Name!, cancellationToken);
        return found.Count switch
        {
            1 => found[0],
            0 => throw new Problem(
                Reason.ImageNotFound,
                $"{Capital(session)} shows {session.Cloud.Credential.Description} no image named '{reference.Name}'. "
                + "Import the image, or correct spec.image.name (case counts).").ToException(),
            _ => throw new Problem(
                Reason.AmbiguousImage,
                $"{Capital(session)} has {found.Count} images named '{reference.Name}': {Ids(found)}. Name one by spec.image.id.").ToException(),
        };
    }

    private static string Capital(CloudSession session) => $"Cloud '{session.Cloud.Name}'";

    private static string Ids(IReadOnlyList<Image> images) =>
        string.Join(", ", images.Select(image => image.Id).Order(StringComparer.Ordinal).Take(NamesListed)) + (images.Count > NamesListed ? ", ..." : "");
}
