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
/// <see cref="TagPolicy.Additive"/> claims add up. A claim whose writes the cloud refused restricts nobody. No set removes a tag that an
/// admitted claim declares, with one exception: a set whose project owns the image does not wait for the proof of a claim that only sees
/// it, because such a set could withhold the proof and keep a tag there for ever.
/// A tag that a set moves to another image stays until it is there, also for sets that give it up. An Exact set ignores this.
/// A set that gives up a managed tag which another set declares keeps managing it until the status of the other set lists it and the cloud
/// has accepted a write of that set. Otherwise the tag could be left on the image with no set to manage it. So a set that excludes another
/// one, takes over a tag, or moves one here from another image, proves that it can write. When it has nothing to change, it adds a tag
/// again that is already there; without one, it removes a tag that is not there. A set that may not change anything now excludes others
/// too, but takes over nothing.
/// </remarks>
public sealed class ImagePlan
{
    /// <summary>The name of a tag that no image has. Glance 25 to 33 answer its removal with 403 without the permission to change the
    /// image, else with 404, and change nothing.</summary>
    public const string AbsentTag = "image-tag-operator-permission-test";

    private readonly List<ImageClaim> admitted = [];
    private readonly Dictionary<string, ImageClaim> claims;
    private readonly Dictionary<string, ImageClaim> winners = new(StringComparer.Ordinal);
    private readonly IReadOnlyCollection<string> live;
    private readonly TagRules rules;

    private ImagePlan(IEnumerable<ImageClaim> claims, IReadOnlyCollection<string> live, TagRules rules)
    {
        this.claims = WithSharedProof([.. claims]).ToDictionary(claim => claim.Owner, StringComparer.Ordinal);
        (this.live, this.rules) = (live, rules);
        foreach (var claim in this.claims.Values.Where(claim => claim is { IsLeaving: false, WriteAccess: not WriteAccess.Refused })
            .Order(Precedence))
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
        var others = claims.Values.Where(other => other.Owner != owner && MayRelyOn(other, claim)).Order(Precedence).ToArray();
        var movers = IsExact(claim) ? [] : Others(claim).Where(other => IsKeeping(other, claim)).Order(Precedence).ToArray();
        var byOthers = others.SelectMany(other => other.Declaration.Tags).Concat(movers.SelectMany(other => other.Moving))
            .ToImmutableHashSet(StringComparer.Ordinal);
        var declared = claim.Declaration;
        // Do not restore a tag that an Exact set would only remove again.
        if (claim.IsLeaving)
        {
            var writers = others.Where(other => !winners.ContainsKey(other.Owner) && other.WriteAccess == WriteAccess.Granted).ToArray();
            declared = declared with { Tags = [.. declared.Tags.Where(tag => writers.All(other => Tolerates(other, tag)))] };
        }

        var image = new ImageTags(live, claim.Managed, byOthers);
        var handovers = claim.Managed.Where(tag => live.Contains(tag) && !declared.Tags.Contains(tag) && byOthers.Contains(tag))
            .Select(tag => (Tag: tag, Heirs: HeirsOf(tag)))
            .Where(pair => !pair.Heirs.Any(heir => IsSuccessor(heir, claim, pair.Tag)))
            .ToImmutableSortedDictionary(pair => pair.Tag, pair => pair.Heirs[0].Owner, StringComparer.Ordinal);
        var plan = TagPlanner.Plan(declared, image, rules);
        return new ImageShare(claim with { Declaration = declared }, winners.GetValueOrDefault(owner), plan, handovers)
        {
            MustRemove = [.. live.Where(tag => TagPlanner.MustRemove(tag, declared, image))],
            HasAllDeclared = claim.Declaration.Tags.All(tag => live.Contains(tag) && Stays(claim, tag)),
            Succeeded = Succeeded(claim),
            Excludes = Excludes(claim),
            Proof = ProofOf(claim, plan),
            LimitedRemovals = LimitedRemovals(claim, plan),
            PendingRestores = PendingRestores(claim, declared.Tags),
            PendingRecord = claim is { IsLeaving: true, Original: not null }
                ? admitted.Find(other => other is { Restores: true, Original: null })?.Owner : null,
        };

        ImageClaim[] HeirsOf(string tag) =>
            [.. others.Where(other => other.Declaration.Tags.Contains(tag)), .. movers.Where(other => other.Moving.Contains(tag))];
    }

    private ImmutableHashSet<string> LimitedRemovals(ImageClaim claim, TagPlan plan)
    {
        ImmutableHashSet<string> removes = winners.ContainsKey(claim.Owner) ? [] : [.. plan.Removes];
        if (Others(claim).All(other => IsProven(other) || other.WriteAccess == WriteAccess.Refused)) return removes;
        var proven = claims.Values.Select(other =>
            other == claim || IsProven(other) ? other : other with { WriteAccess = WriteAccess.Refused });
        return removes.Union(new ImagePlan(proven, live, rules).ShareOf(claim.Owner).LimitedRemovals);
    }

    private ImmutableHashSet<string> Succeeded(ImageClaim claim) => claims.Count == 1 ? []
        : [.. new ImagePlan(Others(claim), live, rules).admitted.Where(IsProven)
            .SelectMany(other => other.Declaration.Tags.Intersect(other.Managed))];

    /// <summary>A set that was edited since its last reconcile has proved nothing: it may have other credentials now.</summary>
    private static bool IsProven(ImageClaim claim) => claim is { WriteAccess: WriteAccess.Granted, IsEdited: false };

    /// <summary>A write of one set proves for all sets with the same identity that they can write.</summary>
    private static IEnumerable<ImageClaim> WithSharedProof(IReadOnlyCollection<ImageClaim> claims)
    {
        var accepted = claims.Where(claim => claim.WriteAccess == WriteAccess.Granted).Select(claim => claim.Writer).ToHashSet();
        return claims.Select(claim =>
            claim is { WriteAccess: WriteAccess.Unproven, Identity: { } identity } && accepted.Contains(identity)
            ? claim with { WriteAccess = WriteAccess.Granted }
            : claim);
    }

    /// <summary>True when a tag that <paramref name="other"/> declares must stay. A set that is excluded by one that may not be able to
    /// write counts, except for the excluding set itself, whose writes are the proof.</summary>
    private bool MayRelyOn(ImageClaim other, ImageClaim claim)
    {
        if (other is { IsLeaving: true } or { WriteAccess: WriteAccess.Refused }) return false;
        if (winners.TryGetValue(other.Owner, out var winner)
            && (winner.Owner == claim.Owner || winner.WriteAccess == WriteAccess.Granted)) return false;
        return other.OwnsImage || !claim.OwnsImage || other.WriteAccess == WriteAccess.Granted;
    }

    /// <summary>The other set leaves the image and may keep tags on it, because they are on no other image yet.</summary>
    private static bool IsKeeping(ImageClaim other, ImageClaim claim) => other is { IsLeaving: true, IsPaused: false, Moving.Count: > 0 }
        && other.WriteAccess != WriteAccess.Refused
        && (other.OwnsImage || !claim.OwnsImage || other.WriteAccess == WriteAccess.Granted);

    /// <summary>The set can forget a tag that it gives up, because the other one manages it. A set that moves the tag away needs no proof:
    /// it manages the tag until it has removed it. Of several such sets, the oldest one removes it, after all others.</summary>
    private static bool IsSuccessor(ImageClaim other, ImageClaim claim, string tag) => other.IsLeaving
        ? !claim.Moving.Contains(tag) || ByAge(other, claim) < 0
        : IsProven(other) && other.Managed.Contains(tag);

    /// <summary>A tag of an excluded set stays if the set that excludes it can write and tolerates it, and no set gives it up.</summary>
    private bool Stays(ImageClaim claim, string tag) => !winners.TryGetValue(claim.Owner, out var winner)
        || (winner.WriteAccess == WriteAccess.Granted && Tolerates(winner, tag) && !Others(claim).Any(other => GivesUp(other, tag)));

    /// <summary>A set that leaves restores a tag after the sets that give it up: in the other order it would be removed again.</summary>
    private ImmutableSortedDictionary<string, string> PendingRestores(ImageClaim claim, IEnumerable<string> restored)
    {
        if (!claim.IsLeaving) return ImmutableSortedDictionary<string, string>.Empty;
        return restored.Where(live.Contains)
            .Select(tag => (Tag: tag, By: Others(claim).FirstOrDefault(other => Removes(other, tag))?.Owner))
            .Where(pair => pair.By is not null)
            .ToImmutableSortedDictionary(pair => pair.Tag, pair => pair.By!, StringComparer.Ordinal);

        static bool Removes(ImageClaim other, string tag) => other.WriteAccess != WriteAccess.Refused && GivesUp(other, tag)
            && !(other.IsLeaving && other.Original?.Contains(tag) == true);
    }

    /// <summary>A claim on which nothing depends, neither another set nor the move of a tag, needs no proof. Refused sets count: without
    /// the proof they would depend on it again.</summary>
    private TagStep? ProofOf(ImageClaim claim, TagPlan plan)
    {
        if (claim is not { IsLeaving: false, WriteAccess: WriteAccess.Unproven } || !admitted.Contains(claim)) return null;
        var tags = claim.Declaration.Tags.Where(live.Contains).ToArray();
        if (!claim.IsMoving && !Excludes(claim) && !Others(claim).Any(other => tags.Any(tag => GivesUp(other, tag)))) return null;
        if (plan.IsEmpty && tags.Where(tag => rules.WhyNotAddressable(tag) is null).Min(StringComparer.Ordinal) is { } present)
        {
            return new TagStep(TagVerb.Add, present);
        }

        return live.Contains(AbsentTag) ? null : new TagStep(TagVerb.Remove, AbsentTag);
    }

    private bool Excludes(ImageClaim claim) => admitted is [var first, ..] && first == claim
        && Others(claim).Any(other => !other.IsLeaving && (IsExact(claim) || IsExact(other)));

    private IEnumerable<ImageClaim> Others(ImageClaim claim) => claims.Values.Where(other => other.Owner != claim.Owner);

    private static bool GivesUp(ImageClaim other, string tag) =>
        !other.IsPaused && other.Managed.Contains(tag) && !other.Declaration.Tags.Contains(tag);

    private static Comparer<ImageClaim> Precedence { get; } = Comparer<ImageClaim>.Create(static (left, right) =>
    {
        if (left.OwnsImage != right.OwnsImage) return left.OwnsImage ? -1 : 1;
        return ByAge(left, right);
    });

    private static int ByAge(ImageClaim left, ImageClaim right)
    {
        var byAge = left.Created.CompareTo(right.Created);
        return byAge != 0 ? byAge : string.CompareOrdinal(left.Owner, right.Owner);
    }

    private static bool IsExact(ImageClaim claim) => claim.Declaration.Policy == TagPolicy.Exact;

    /// <summary>The other set does not remove the tag as undeclared.</summary>
    private static bool Tolerates(ImageClaim other, string tag) =>
        !IsExact(other) || other.Declaration.Tags.Contains(tag) || other.Declaration.IgnoreTags.Any(glob => TagGlob.IsMatch(glob, tag));
}
