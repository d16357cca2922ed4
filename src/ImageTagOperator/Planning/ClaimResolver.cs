using System.Collections.Immutable;
using ImageTagOperator.Entities;

namespace ImageTagOperator.Planning;

/// <summary>What the other sets on an image mean for one of them.</summary>
/// <param name="Winner">The set that excludes this one (<c>namespace/name</c>), or null.</param>
/// <param name="DeclaredByOthers">Tags that sets with a say declare, and that this one must leave alone.</param>
public sealed record ClaimVerdict(string? Winner, ImmutableHashSet<string> DeclaredByOthers);

/// <summary>Settles who may write when several sets claim one image. Pure.</summary>
/// <remarks>
/// Sets have their say in the order of their age. One is heard unless it, or one that was heard before it, is
/// <see cref="TagPolicy.Exact"/>: that excludes all others. <see cref="TagPolicy.Additive"/> ones add up.
/// </remarks>
public static class ClaimResolver
{
    public static ClaimVerdict Resolve(ImageClaim self, IEnumerable<ImageClaim> others)
    {
        var heard = new List<ImageClaim>();
        string? winner = null;
        foreach (var claim in others.Append(self).OrderBy(claim => claim.Created).ThenBy(claim => claim.Owner, StringComparer.Ordinal))
        {
            var excluding = heard.Find(earlier => earlier.Policy == TagPolicy.Exact || claim.Policy == TagPolicy.Exact);
            if (excluding is null) heard.Add(claim);
            else if (claim.Owner == self.Owner) winner = excluding.Owner;
        }

        return new ClaimVerdict(
            winner,
            heard.Where(claim => claim.Owner != self.Owner).SelectMany(claim => claim.Tags).ToImmutableHashSet(StringComparer.Ordinal));
    }
}
