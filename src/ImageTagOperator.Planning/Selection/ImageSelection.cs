using System.Text.Json;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Selection;

/// <summary>Decides which images a reference or selector matches. Pure.</summary>
/// <remarks>
/// An image matches when every condition of the selector is true:
/// <code>
/// names       one of the globs matches the name
/// owner       is the image's project
/// visibility  is the image's
/// status      is the image's; without it only active images match, because no others can be tagged
/// tags        are all on the image
/// properties  have these values
/// </code>
/// Of those, <c>newest</c> takes the most recently created. Images of the same time are ordered by ID, so the choice is stable.
/// </remarks>
public static class ImageSelection
{
    /// <summary>The most images that one set can have.</summary>
    public const int Limit = 500;

    public static IEnumerable<ImageFacts> Select(IImageSelector selector, IEnumerable<ImageFacts> images)
    {
        var matches = images.Where(image => Matches(selector, image));
        return selector.Newest is not { } count
            ? matches
            : matches.OrderByDescending(image => image.Created).ThenByDescending(image => image.Id, StringComparer.Ordinal).Take(count);
    }

    /// <summary>Whether <c>spec.image</c> matches this image. With <c>newest</c>, whether the image is a candidate.</summary>
    public static bool MatchesReference(IImageReference reference, ImageFacts image) => reference switch
    {
        { Id: { } id } => string.Equals(id, image.Id, StringComparison.OrdinalIgnoreCase),
        { Name: { } name } => name == image.Name,
        { Selector: { } selector } => Matches(selector, image),
        _ => false,
    };

    /// <summary>Whether <c>spec.image</c> can match an image whose properties are not known.</summary>
    public static bool MayMatchReference(IImageReference reference, ImageFacts image) =>
        reference.Selector is { } selector ? Matches(selector, image, withProperties: false) : MatchesReference(reference, image);

    /// <summary>Whether one of the globs matches the name; also without globs.</summary>
    public static bool MatchesName(IImageSelector selector, string? name) =>
        selector.Names is null || selector.Names.Any(glob => TagGlob.IsMatch(glob, name ?? ""));

    /// <param name="withProperties">False: do not check properties.</param>
    public static bool Matches(IImageSelector selector, ImageFacts image, bool withProperties = true) =>
        MatchesName(selector, image.Name)
        && (selector.Owner is null || selector.Owner == image.Owner)
        && (selector.Visibility is null || JsonNamingPolicy.CamelCase.ConvertName(selector.Visibility.Value.ToString()) == image.Visibility)
        && (selector.Status ?? "active") == image.Status
        && (selector.Tags is null || selector.Tags.All(image.Tags.Contains))
        && (!withProperties || selector.Properties is null
            || selector.Properties.All(property => image.Property(property.Key) == property.Value));
}
