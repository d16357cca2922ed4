using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>One image of a set as it was observed, with all that a plan for it depends on.</summary>
/// <param name="Set">Whose image it is.</param>
/// <param name="By">How it was reached.</param>
/// <param name="Image">As it was read.</param>
/// <param name="Reading">When that was.</param>
/// <param name="Claim">What the set wants of it.</param>
/// <param name="Others">What the other sets want of it.</param>
public sealed record ObservedImage(
    RegisteredSet Set, CloudConnection By, Image Image, ImageReading Reading, ImageClaim Claim, IReadOnlyList<ImageClaim> Others)
{
    /// <summary>Why the set leaves the image; null when it does not.</summary>
    public LeavingCause? Leaving { get; init; }

    /// <summary>Tags that stay on an image that is left, because none of the images that the set applies to has them yet.</summary>
    public IReadOnlyCollection<string> HeldBack { get; init; } = [];

    /// <summary>What the cloud takes.</summary>
    public TagRules Rules { get; init; } = CloudRules.For(By.Session.Cloud.Profile);

    /// <summary>For messages.</summary>
    public string Description => Image.Name is { Length: > 0 } name ? $"image '{name}' ({Image.Id})" : $"image {Image.Id}";

    public ImageGate Gate => By.Session.Gate(By.Access, Image.Id);

    /// <summary>What has to be done if the image is so.</summary>
    public ImageShare ShareOf(Image image)
    {
        var claim = HeldBack.Count == 0 ? Claim
            : Claim with { Declaration = TagDeclaration.Nothing with { Tags = [.. HeldBack.Intersect(image.Tags)] } };
        return ImagePlan.Of([claim, .. Others], image.Tags, Rules).ShareOf(Claim.Owner);
    }
}
