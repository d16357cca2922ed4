using ImageTagOperator.Planning.Ownership;

namespace ImageTagOperator.Entities;

/// <summary>The state of one image of a set. Equality is by reference: to compare, use its JSON.</summary>
[Description("One image, as this set sees it.")]
public sealed record ImageState
{
    [Required]
    [Description("The image's UUID.")]
    public string Id { get; init; } = "";

    [Description("The image's name when it was last read.")]
    public string? Name { get; init; }

    [Description("The credentials that the image was reached with, when the set names others by now.")]
    public CloudCredentialsRef? CloudCredentialsRef { get; init; }

    [Description("The cloud that the image is in, when it is not the one of the set's other images.")]
    public string? Cloud { get; init; }

    [Description("The project of the credentials that the image was reached with, when it is not the one of the set's other images.")]
    public string? ProjectId { get; init; }

    [Description(
        "Why the image's tags have to go: Edited, the spec means it no longer; MovedOn, the image itself matches the spec no longer.")]
    public LeavingCause? Leaving { get; init; }

    [Description(
        "The tags that this set answers for: it puts them there, and only these does it remove under policy Additive and on deletion.")]
    public IReadOnlyList<string>? ManagedTags { get; init; }

    [Description("The tags that the image had when this set first changed it; kept for deletionPolicy Restore.")]
    public IReadOnlyList<string>? OriginalTags { get; init; }

    [Description(
        "A hash of the user, the project and the roles that last wrote to the image. The cloud accepted the write, unless writeRefused "
        + "is true.")]
    public string? Writer { get; init; }

    [Description("True when the cloud refused the last write, because the credentials may not change the image.")]
    public bool? WriteRefused { get; init; }

    [Description("What would have to change, and has not been changed.")]
    public PendingTags? Pending { get; init; }

    [Description("What is wrong with this image, in one word for programs; absent when nothing is.")]
    public string? Reason { get; init; }

    [Description("What is wrong with this image, in a sentence.")]
    public string? Message { get; init; }
}

/// <summary>Changes that were not made.</summary>
[Description("Changes that were not made.")]
public sealed record PendingTags
{
    [Description("Tags to add.")]
    public IReadOnlyList<string>? Add { get; init; }

    [Description("Tags to remove.")]
    public IReadOnlyList<string>? Remove { get; init; }
}
