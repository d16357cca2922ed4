using System.Collections.Immutable;

namespace ImageTagOperator.Planning;

/// <summary>What one set has to do on an image.</summary>
/// <param name="Claim">Whose share it is.</param>
/// <param name="Winner">The claim that excludes this one, or null.</param>
/// <param name="Plan">What it would write, and what cannot be written. One that is excluded writes nothing of it.</param>
/// <param name="Awaited">Tags that it gives up to other sets that declare them and do not manage them yet, with the name of one of those.</param>
public sealed record ImageShare(ImageClaim Claim, ImageClaim? Winner, TagPlan Plan, ImmutableSortedDictionary<string, string> Awaited)
{
    /// <summary>What the status must own before the first write: everything declared, and what was owned before.</summary>
    public ImmutableArray<string> ManagedBefore => Sorted(Claim.Declaration.Tags.Union(Claim.Managed, StringComparer.Ordinal));

    /// <summary>What the status owns once the writes are done: everything declared, what should have gone and is still there, and what
    /// nobody has taken over yet.</summary>
    public ImmutableArray<string> ManagedAfter => Sorted(Claim.Declaration.Tags
        .Union(Claim.Managed.Where(tag => MustGo.Contains(tag) || Awaited.ContainsKey(tag)), StringComparer.Ordinal));

    /// <summary>Tags on the image that the set would have gone, whether or not a call can name them.</summary>
    public required ImmutableHashSet<string> MustGo { get; init; }

    private static ImmutableArray<string> Sorted(IEnumerable<string> tags) => [.. tags.Order(StringComparer.Ordinal)];
}
