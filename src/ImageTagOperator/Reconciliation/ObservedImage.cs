using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>One image of a set as it was read, with all inputs of its plan.</summary>
/// <param name="Set">The set.</param>
/// <param name="By">The connection that reached the image.</param>
/// <param name="Image">The image as read.</param>
/// <param name="Reading">The reading that contains the image.</param>
/// <param name="Claim">The claim of the set.</param>
/// <param name="Others">The claims of the other sets.</param>
public sealed record ObservedImage(
    RegisteredSet Set, CloudConnection By, Image Image, ImageReading Reading, ImageClaim Claim, IReadOnlyList<ImageClaim> Others)
{
    /// <summary>Why the set no longer applies to the image; null when it applies.</summary>
    public LeavingCause? Leaving { get; init; }

    /// <summary>The set leaves the image and brings tags back.</summary>
    public bool IsRestoring => Leaving is not null && Claim.Declaration.Tags.Count > 0;

    /// <summary>The location for the status. An image that the set leaves keeps the credentials that reached it first.</summary>
    public Location Location { get; init; } = Location.Of(By);

    /// <summary>Tags that are not removed yet from an image that the set leaves, because no image that it applies to has them.</summary>
    public IReadOnlyCollection<string> KeptTags { get; init; } = [];

    /// <summary>The tag rules of the cloud.</summary>
    public TagRules Rules { get; init; } = CloudRules.For(By.Session.Cloud.Profile);

    /// <summary>The name and id of the image, for messages.</summary>
    public string Description => Image.Name is { Length: > 0 } name ? $"image '{name}' ({Image.Id})" : $"image {Image.Id}";

    /// <summary>The cloud and the id, which identify the image among those of all clouds.</summary>
    public string Key => $"{By.Cloud} {Image.Id}";

    public ImageGate Gate => By.Session.Gate(By.Access, Image.Id);

    /// <summary>Plans the changes of this set for the given state of the image.</summary>
    public ImageShare ShareOf(Image image)
    {
        var claim = KeptTags.Count == 0 ? Claim
            : Claim with { Declaration = TagDeclaration.Nothing, Managed = [.. Claim.Managed.Except(KeptTags)] };
        return ImagePlan.Of([claim, .. Others], image.Tags, Rules).ShareOf(Claim.Owner);
    }
}
