using System.Collections.Immutable;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>What one set has to do on an image.</summary>
/// <param name="Claim">Whose share it is.</param>
/// <param name="Winner">The claim that excludes this one, or null.</param>
/// <param name="Plan">What it would write, and what cannot be written. One that is excluded writes nothing of it.</param>
/// <param name="Awaited">Tags that it gives up to other sets that declare them and do not manage them yet, with the name of one of
/// those.</param>
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

    /// <summary>What the status owns after a reconcile. A set that may not write owns nothing new. While it is not known what a write did,
    /// everything that may be ours stays ours.</summary>
    /// <param name="mayWrite">False: nothing was written, on purpose.</param>
    /// <param name="problem">What is wrong with the image.</param>
    /// <param name="added">Tags that were added. A set that was excluded after its first writes owns what it wrote.</param>
    public IEnumerable<string> Managed(bool mayWrite, Problem? problem, IReadOnlyCollection<string> added)
    {
        var stoppedFirst = added.Count == 0 && (problem?.Reason == Reason.RemovalLimitExceeded || problem?.Reason == Reason.Contended);
        if (!mayWrite || stoppedFirst || problem?.Reason == Reason.Conflict) return Claim.Managed.Union(added);
        return problem is { Reason.Kind: ProblemKind.Retrying } ? ManagedBefore : ManagedAfter;
    }

    /// <summary>An image that the set leaves stays in its status. A write that may still be running puts back what was not seen.</summary>
    public bool IsUnfinished(Problem? problem) => !Plan.IsEmpty || !Awaited.IsEmpty || problem is { Reason.Kind: ProblemKind.Retrying };

    /// <summary>The tags before the first set had a say: what a set that leaves the image passes on, else what was on the image when it was
    /// first read, less what sets had put there or declare. A set that stays keeps its own note, so that it makes no difference which of
    /// the two was looked at first. A set that has no say notes nothing.</summary>
    public IEnumerable<string>? OriginalTags(IReadOnlyCollection<string> firstRead, IReadOnlyCollection<ImageClaim> others)
    {
        if (Winner is not null) return null;
        var previous = others.Where(other => other is { IsLeaving: true, Original: not null })
            .OrderBy(other => other.Created).ThenBy(other => other.Owner, StringComparer.Ordinal).FirstOrDefault();
        if (previous is not null) return previous.Original;
        return firstRead.Except(Claim.Managed).Except(others.SelectMany(other => other.Managed.Union(other.Declaration.Tags)));
    }

    private static ImmutableArray<string> Sorted(IEnumerable<string> tags) => [.. tags.Order(StringComparer.Ordinal)];
}
