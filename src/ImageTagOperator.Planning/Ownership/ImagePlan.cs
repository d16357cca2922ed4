using System.Collections.Immutable;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>What all sets together have to do on one image. Pure, and the same in whatever order the claims come.</summary>
/// <remarks>
/// Who is heard, when two exclude each other:
/// <code>
/// the credentials' project owns the image   before   one whose credentials only see it
/// the older                                 before   the younger
/// the first by name                         before   the others
/// </code>
/// In that order one is heard unless it, or one that was heard before it, is <see cref="TagPolicy.Exact"/>.
/// <see cref="TagPolicy.Additive"/> ones add up. A tag that one who is heard declares is in nobody's share to remove, but for the owner's:
/// who only sees an image need not be able to write to it, and could keep a tag on it for ever; one that another manages and gives up stays
/// his until the new owner's status has it and its writes were not refused, because what only seems to be wanted would be left on the image
/// with nobody to answer for it.
/// </remarks>
public sealed class ImagePlan
{
    private readonly List<ImageClaim> heard = [];
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
            // One that is Exact is only heard first.
            if (heard is [var winner, ..] && (IsExact(winner) || IsExact(claim))) winners[claim.Owner] = winner;
            else heard.Add(claim);
        }
    }

    /// <param name="claims">All there are, one for each set.</param>
    /// <param name="live">The tags on the image.</param>
    public static ImagePlan Of(IEnumerable<ImageClaim> claims, IReadOnlyCollection<string> live, TagRules rules) =>
        new(claims, live, rules);

    /// <param name="owner">One of those whose claims the plan was made of.</param>
    public ImageShare ShareOf(string owner)
    {
        var claim = claims[owner];
        var others = heard.Where(other => other.Owner != owner && (other.OwnsImage || !claim.OwnsImage)).ToArray();
        var byOthers = others.SelectMany(other => other.Declaration.Tags).ToImmutableHashSet(StringComparer.Ordinal);
        var declared = claim.Declaration;
        // What is brought back on the way out and an Exact set does not want would only go again.
        if (claim.IsLeaving) declared = declared with { Tags = [.. declared.Tags.Where(tag => others.All(other => MayStay(other, tag)))] };
        var image = new ImageTags(live, claim.Managed, byOthers);
        var awaited = claim.Managed.Where(tag => live.Contains(tag) && !declared.Tags.Contains(tag) && byOthers.Contains(tag))
            .Select(tag => (Tag: tag, Heirs: others.Where(other => other.Declaration.Tags.Contains(tag)).ToArray()))
            .Where(pair => !pair.Heirs.Any(heir => !heir.IsUnderWay && heir.Managed.Contains(pair.Tag)))
            .ToImmutableSortedDictionary(pair => pair.Tag, pair => pair.Heirs[0].Owner, StringComparer.Ordinal);
        return new ImageShare(
            claim with { Declaration = declared }, winners.GetValueOrDefault(owner), TagPlanner.Plan(declared, image, rules), awaited)
        {
            MustGo = [.. live.Where(tag => TagPlanner.MustGo(tag, declared, image))],
        };
    }

    private static Comparer<ImageClaim> Precedence { get; } = Comparer<ImageClaim>.Create(static (left, right) =>
    {
        if (left.OwnsImage != right.OwnsImage) return left.OwnsImage ? -1 : 1;
        var byAge = left.Created.CompareTo(right.Created);
        return byAge != 0 ? byAge : string.CompareOrdinal(left.Owner, right.Owner);
    });

    private static bool IsExact(ImageClaim claim) => claim.Declaration.Policy == TagPolicy.Exact;

    /// <summary>The other one does not take it away for being undeclared.</summary>
    public static bool MayStay(ImageClaim other, string tag) =>
        !IsExact(other) || other.Declaration.Tags.Contains(tag) || other.Declaration.IgnoreTags.Any(glob => TagGlob.IsMatch(glob, tag));
}
