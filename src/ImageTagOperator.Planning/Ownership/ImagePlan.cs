using System.Collections.Immutable;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>The combined plan of all sets for one image. Pure; the result does not depend on the order of the claims.</summary>
/// <remarks>
/// Precedence when two claims exclude each other:
/// <code>
/// the credentials' project owns the image   before   the credentials only see the image
/// the older set                             before   the younger set
/// the first by name                         before   the others
/// </code>
/// Claims are admitted in that order. One is excluded when it, or one admitted before it, is <see cref="TagPolicy.Exact"/>;
/// <see cref="TagPolicy.Additive"/> claims add up. No set removes a tag that an admitted claim declares, with one exception: a set whose
/// project owns the image ignores claims that only see it, because those may not be able to write and could keep a tag there for ever.
/// A set that gives up a managed tag which another set declares keeps managing it until the status of the other set lists it and the cloud
/// has accepted its writes. Otherwise the tag could be left on the image with no set to manage it.
/// </remarks>
public sealed class ImagePlan
{
    private readonly List<ImageClaim> admitted = [];
    private readonly Dictionary<string, ImageClaim> claims;
    private readonly Dictionary<string, ImageClaim> winners = new(StringComparer.Ordinal);
    private readonly IReadOnlyCollection<string> live;
    private readonly TagRules rules;

    private ImagePlan(IEnumerable<ImageClaim> claims, IReadOnlyCollection<string> live, TagRules rules)
    {
        this.claims = claims.ToDictionary(claim => claim.Owner, StringComparer.Ordinal);
        (this.live, this.rules) = (live, rules);
        foreach (var claim in this.claims.Values.Where(claim => !claim.IsLeaving).Order(Precedence))
        {
            // An Exact claim is only admitted as the first one.
            if (admitted is [var winner, ..] && (IsExact(winner) || IsExact(claim))) winners[claim.Owner] = winner;
            else admitted.Add(claim);
        }
    }

    /// <param name="claims">All claims on the image, one for each set.</param>
    /// <param name="live">The tags on the image.</param>
    public static ImagePlan Of(IEnumerable<ImageClaim> claims, IReadOnlyCollection<string> live, TagRules rules) =>
        new(claims, live, rules);

    /// <param name="owner">The owner of one of the claims that the plan was made from.</param>
    public ImageShare ShareOf(string owner)
    {
        var claim = claims[owner];
        var others = admitted.Where(other => other.Owner != owner && (other.OwnsImage || !claim.OwnsImage)).ToArray();
        var byOthers = others.SelectMany(other => other.Declaration.Tags).ToImmutableHashSet(StringComparer.Ordinal);
        var declared = claim.Declaration;
        // Do not restore a tag that an Exact set does not want: it would only be removed again.
        if (claim.IsLeaving)
        {
            declared = declared with { Tags = [.. declared.Tags.Where(tag => others.All(other => Tolerates(other, tag)))] };
        }

        var image = new ImageTags(live, claim.Managed, byOthers);
        var handovers = claim.Managed.Where(tag => live.Contains(tag) && !declared.Tags.Contains(tag) && byOthers.Contains(tag))
            .Select(tag => (Tag: tag, Heirs: others.Where(other => other.Declaration.Tags.Contains(tag)).ToArray()))
            .Where(pair => !pair.Heirs.Any(heir => !heir.IsUnderWay && heir.Managed.Contains(pair.Tag)))
            .ToImmutableSortedDictionary(pair => pair.Tag, pair => pair.Heirs[0].Owner, StringComparer.Ordinal);
        return new ImageShare(
            claim with { Declaration = declared }, winners.GetValueOrDefault(owner), TagPlanner.Plan(declared, image, rules), handovers)
        {
            MustRemove = [.. live.Where(tag => TagPlanner.MustRemove(tag, declared, image))],
        };
    }

    private static Comparer<ImageClaim> Precedence { get; } = Comparer<ImageClaim>.Create(static (left, right) =>
    {
        if (left.OwnsImage != right.OwnsImage) return left.OwnsImage ? -1 : 1;
        var byAge = left.Created.CompareTo(right.Created);
        return byAge != 0 ? byAge : string.CompareOrdinal(left.Owner, right.Owner);
    });

    private static bool IsExact(ImageClaim claim) => claim.Declaration.Policy == TagPolicy.Exact;

    /// <summary>The other set does not remove the tag as undeclared.</summary>
    public static bool Tolerates(ImageClaim other, string tag) =>
        !IsExact(other) || other.Declaration.Tags.Contains(tag) || other.Declaration.IgnoreTags.Any(glob => TagGlob.IsMatch(glob, tag));
}
