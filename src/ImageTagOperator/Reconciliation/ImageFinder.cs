using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>From a set's <c>spec.image</c> to the live images.</summary>
public sealed class ImageFinder(ImageReadings readings)
{
    private const int NamesListed = 5;

    /// <summary>What the cloud shows when it is asked for the set's images.</summary>
    /// <exception cref="CloudException"/>
    public Task<ImageReading> ReadAsync(V1Alpha1ImageTagSet set, CloudSession session, CancellationToken cancellationToken) =>
        readings.ReadAsync(set, session, Term(set.Spec.Image), cancellationToken);

    /// <summary>Of what was read, the images that the set applies to: one, or with a selector any number.</summary>
    /// <param name="leaving">Images that it does not apply to any more.</param>
    /// <exception cref="ProblemException">There is no such image, or more than one.</exception>
    public static IReadOnlyList<Image> Choose(
        V1Alpha1ImageTagSet set, CloudSession session, IReadOnlyList<ImageJob> leaving, IReadOnlyList<Image> images)
    {
        var reference = set.Spec.Image;
        if (reference.Selector is { } selector) return Selected(selector, images);
        return images.Count == 1 ? images : throw WhyNotOne(session, reference, leaving, images).ToException();
    }

    /// <summary>Of what was read, the ids that the set would have if nothing were missing.</summary>
    public static IReadOnlyList<string> Found(V1Alpha1ImageTagSet set, IReadOnlyList<Image> images) => set.Spec.Image switch
    {
        { Id: { } id } => [id],     // it was asked for by its id already
        { Selector: { } selector } => [.. Select(selector, images).Select(image => image.Id)],
        _ => [.. images.Select(image => image.Id)],
    };

    internal static ImageTerm Term(ImageReference reference) => reference switch
    {
        { Id: { } id } => ImageTerm.Id(id),
        { Name: { } name } => ImageTerm.Name(name),
        { Selector.Visibility: ImageVisibility.Community } => ImageTerm.Community,
        _ => ImageTerm.All,
    };

    private static Image[] Selected(ImageSelector selector, IReadOnlyList<Image> images)
    {
        var selected = Select(selector, images).ToArray();
        return selected.Length <= ImageSelection.Limit ? selected : throw new Problem(
            Reason.TooManyImages,
            $"spec.image.selector matches {selected.Length} images, and a set can have {ImageSelection.Limit}. Narrow the selector, or split the set.").ToException();
    }

    /// <summary>Those that a selector means.</summary>
    internal static IEnumerable<Image> Select(ImageSelector selector, IReadOnlyList<Image> images)
    {
        var byId = images.ToDictionary(image => image.Id);
        return ImageSelection.Select(selector, images.Select(Facts)).Select(facts => byId[facts.Id]);
    }

    internal static ImageFacts Facts(Image image) =>
        new(image.Id, image.Name, image.Owner, image.Visibility, image.Status, image.CreatedAt, image.Tags, image.Property);

    private static Problem WhyNotOne(
        CloudSession session, ImageReference reference, IReadOnlyList<ImageJob> leaving, IReadOnlyList<Image> found) => (reference.Id, found.Count) switch
    {
        ({ } id, _) => new Problem(
            Reason.ImageNotFound,
            $"{Capital(session)} has no image {id}, or does not show it to {session.Cloud.Credential.Description}. "
            + "Correct spec.image.id, or use credentials of the project that owns the image."),
        (null, 0) => new Problem(
            Reason.ImageNotFound,
            $"{Capital(session)} shows {session.Cloud.Credential.Description} no image named '{reference.Name}'. "
            + "Import the image, or correct spec.image.name (case counts)."
            + string.Concat(leaving.Where(job => job.Claim.Managed.Count > 0).Take(NamesListed).Select(Renamed))),
        _ => new Problem(
            Reason.AmbiguousImage,
            $"{Capital(session)} has {found.Count} images named '{reference.Name}': {Ids(found)}. Name one by spec.image.id."),
    };

    /// <summary>A name that was corrected elsewhere leaves the tags where they are.</summary>
    private static string Renamed(ImageJob job) =>
        $" The managed tags {string.Join(", ", job.Claim.Managed.Order(StringComparer.Ordinal))} are still on {job.Describe()}, which had that name; "
        + "to follow it, set spec.image.name to its new name, or spec.image.id.";

    private static string Capital(CloudSession session) => $"Cloud '{session.Cloud.Name}'";

    private static string Ids(IReadOnlyList<Image> images) =>
        string.Join(", ", images.Select(image => image.Id).Order(StringComparer.Ordinal).Take(NamesListed)) + (images.Count > NamesListed ? ", ..." : "");
}
