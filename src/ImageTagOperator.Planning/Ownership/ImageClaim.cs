using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>One set's say on one image.</summary>
/// <param name="Owner">The set as <c>namespace/name</c>.</param>
/// <param name="Created">When the set was created: of two the older has the right of way.</param>
/// <param name="Declaration">What it wants of the image; <see cref="TagDeclaration.Nothing"/> when it is on its way out.</param>
/// <param name="Managed">The tags that it answers for, as its status says.</param>
public sealed record ImageClaim(string Owner, DateTimeOffset Created, TagDeclaration Declaration, IReadOnlyCollection<string> Managed)
{
    /// <summary>The project of its credentials owns the image.</summary>
    public bool OwnsImage { get; init; }

    /// <summary>It gives the image up: what it declares is to be brought back, and keeps nobody from anything.</summary>
    public bool IsLeaving { get; init; }

    /// <summary>It is at its first writes, of which nobody knows yet whether the cloud takes them.</summary>
    public bool IsUnderWay { get; init; }

    /// <summary>The tags that the image had before the first set got its say; null where that was not noted.</summary>
    public IReadOnlyCollection<string>? Original { get; init; }
}
