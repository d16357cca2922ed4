using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>One image that is to be brought in line.</summary>
/// <param name="Set">Whose image it is.</param>
/// <param name="Image">As it was read.</param>
/// <param name="Reading">When that was.</param>
/// <param name="Claim">What the set wants of it.</param>
/// <param name="Others">What the other sets want of it.</param>
/// <param name="Removals">What may still be removed; shared by the images of a reconcile.</param>
public sealed record ImageJob(
    RegisteredSet Set,
    CloudSession Session,
    CloudAccess Access,
    Image Image,
    ImageReading Reading,
    ImageClaim Claim,
    IReadOnlyList<ImageClaim> Others,
    TagRules Rules,
    RemovalBudget Removals)
{
    /// <summary>What <see cref="Session"/> comes from.</summary>
    public required CloudCredentialsRef Credentials { get; init; }

    /// <summary>Why the image is left; null when it is not.</summary>
    public LeavingCause? Leaving { get; init; }

    /// <summary>Tags that stay on an image that is left, because none of the others has them yet.</summary>
    public IReadOnlyCollection<string> HeldBack { get; init; } = [];

    public string Describe() => Image.Name is { Length: > 0 } name ? $"image '{name}' ({Image.Id})" : $"image {Image.Id}";

    /// <summary>What has to be done if the image is so.</summary>
    public ImageShare ShareOf(Image image)
    {
        var claim = HeldBack.Count == 0 ? Claim : Claim with { Declaration = TagDeclaration.Nothing with { Tags = [.. HeldBack.Intersect(image.Tags)] } };
        return ImagePlan.Of([claim, .. Others], image.Tags, Rules).ShareOf(Claim.Owner);
    }
}
