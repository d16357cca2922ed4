using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>The claim of one set on one image.</summary>
/// <param name="Owner">The set as <c>namespace/name</c>.</param>
/// <param name="Created">When the set was created. The older of two sets has precedence.</param>
/// <param name="Declaration">What the set declares for the image; <see cref="TagDeclaration.Nothing"/> when it gives the image up.</param>
/// <param name="Managed">The tags that the set manages according to its status.</param>
public sealed record ImageClaim(string Owner, DateTimeOffset Created, TagDeclaration Declaration, IReadOnlyCollection<string> Managed)
{
    /// <summary>The project of the set's credentials owns the image.</summary>
    public bool OwnsImage { get; init; }

    /// <summary>The set gives the image up. What it declares is to be restored, and does not exclude other sets.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>The set is suspended or invalid. It keeps its tags as they are.</summary>
    public bool IsPaused { get; init; }

    /// <summary>The status is of an earlier <c>spec.image</c> or of other credentials, so <see cref="Managed"/> can change soon.</summary>
    public bool IsEdited { get; init; }

    /// <summary>Whether the cloud accepts writes of the set's credentials to the image.</summary>
    public WriteAccess WriteAccess { get; init; }

    /// <summary>The identity of the credentials that last wrote to the image for this set; null when there are none.</summary>
    public string? Writer { get; init; }

    /// <summary>The identity of the set's credentials; null when it is not known.</summary>
    public string? Identity { get; init; }

    /// <summary>The set moves a declared tag to the image from another one.</summary>
    public bool IsMoving { get; init; }

    /// <summary>Tags on an image that the set leaves, which it manages and declares: they stay until another image has them.</summary>
    public IReadOnlyCollection<string> Moving { get; init; } = [];

    /// <summary>The set records the tags of the image, to restore them later.</summary>
    public bool Restores { get; init; }

    /// <summary>The tags that the image had before any set managed it; null where they were not recorded.</summary>
    public IReadOnlyCollection<string>? Original { get; init; }
}
