using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Selection;

namespace ImageTagOperator.Reconciliation;

/// <summary>Selects the images of <c>spec.image</c> from the images that were read. Pure.</summary>
public static class ImageChoice
{
    private const int NamesListed = 5;

    /// <summary>The query for a reference.</summary>
    public static ImageTerm Term(ImageReference reference) => reference switch
    {
        { Id: { } id } => ImageTerm.Id(id),
        { Name: { } name } => ImageTerm.Name(name),
        { Selector.Visibility: ImageVisibility.Community } => ImageTerm.Community,
        _ => ImageTerm.All,
    };

    /// <summary>The images that the set applies to: exactly one, or with a selector any number.</summary>
    /// <param name="leaving">Images that the set no longer applies to.</param>
    /// <exception cref="ProblemException">No image matches, or more images than allowed.</exception>
    public static IReadOnlyList<Image> Choose(
        ImageReference reference, CloudConnection by, IReadOnlyList<ObservedImage> leaving, IReadOnlyList<Image> images)
    {
        if (reference.Selector is { } selector) return Selected(selector, images);
        return images.Count == 1 ? images : throw WhyNotOne(by.Session.Cloud, reference, leaving, images).ToException();
    }

    /// <summary>The ids of the images that match the reference, without any check of their number.</summary>
    public static IReadOnlyList<string> Found(ImageReference reference, IReadOnlyList<Image> images) => reference switch
    {
        { Id: { } id } => [id],     // it was read by its id
        { Selector: { } selector } => [.. Select(selector, images).Select(image => image.Id)],
        _ => [.. images.Select(image => image.Id)],
    };

    public static ImageFacts Facts(Image image) =>
        new(image.Id, image.Name, image.Owner, image.Visibility, image.Status, image.CreatedAt, image.Tags, image.Property);

    /// <summary>The images that a selector matches.</summary>
    public static IEnumerable<Image> Select(ImageSelector selector, IReadOnlyList<Image> images)
    {
        // Of thousands of images, most have another name.
        var byId = images.Where(image => ImageSelection.MatchesName(selector, image.Name)).ToDictionary(image => image.Id);
        return ImageSelection.Select(selector, byId.Values.Select(Facts)).Select(facts => byId[facts.Id]);
    }

    private static Image[] Selected(ImageSelector selector, IReadOnlyList<Image> images)
    {
        var selected = Select(selector, images).ToArray();
        return selected.Length <= ImageSelection.Limit ? selected : throw new Problem(
            Reason.TooManyImages,
            $"spec.image.selector matches {selected.Length} images, and a set can have {ImageSelection.Limit}. Narrow the selector, or "
                + "split the set.").ToException();
    }

    private static Problem WhyNotOne(
        CloudConfiguration cloud, ImageReference reference, IReadOnlyList<ObservedImage> leaving, IReadOnlyList<Image> found)
    {
        if (reference.Id is { } id)
        {
            return new Problem(
                Reason.ImageNotFound,
                $"Cloud '{cloud.Name}' has no image {id}, or does not show it to {cloud.Credential.Description}. "
                + "Correct spec.image.id, or use credentials of the project that owns the image.");
        }

        if (found.Count == 0)
        {
            return new Problem(
                Reason.ImageNotFound,
                $"Cloud '{cloud.Name}' shows {cloud.Credential.Description} no image named '{reference.Name}'. "
                + "Import the image, or correct spec.image.name (case counts)."
                + string.Concat(leaving.Where(image => image.Claim.Managed.Count > 0).Take(NamesListed).Select(Renamed)));
        }

        var ids = string.Join(", ", found.Select(image => image.Id).Order(StringComparer.Ordinal).Take(NamesListed))
            + (found.Count > NamesListed ? ", ..." : "");
        return new Problem(
            Reason.AmbiguousImage,
                $"Cloud '{cloud.Name}' has {found.Count} images named '{reference.Name}': {ids}. Choose one with spec.image.id.");
    }

    /// <summary>After an image was renamed in the cloud, the tags stay on it.</summary>
    private static string Renamed(ObservedImage image) =>
        $" The managed tags {string.Join(", ", image.Claim.Managed.Order(StringComparer.Ordinal))} are still on {image.Description}, "
            + "which had that name. "
        + "To follow it, set spec.image.name to its new name, or spec.image.id.";
}
