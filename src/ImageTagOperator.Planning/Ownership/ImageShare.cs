using System.Collections.Immutable;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>The part of the plan for an image that one set carries out.</summary>
/// <param name="Claim">The claim that the share belongs to.</param>
/// <param name="Winner">The claim that excludes this one; null when none does.</param>
/// <param name="Plan">What the set would write, and what cannot be written. An excluded set writes nothing of it.</param>
/// <param name="PendingHandovers">Tags that the set hands over to other sets that declare them but do not manage them yet, each with the
/// name of one of those sets.</param>
public sealed record ImageShare(
    ImageClaim Claim, ImageClaim? Winner, TagPlan Plan, ImmutableSortedDictionary<string, string> PendingHandovers)
{
    /// <summary>What the status must list as managed before the first write: all declared tags and all that were managed before.</summary>
    public ImmutableArray<string> ManagedBefore => Sorted(Claim.Declaration.Tags.Union(Claim.Managed, StringComparer.Ordinal));

    /// <summary>What the status lists as managed after the writes: all declared tags, those that should have been removed but are still
    /// there, and those that no other set has taken over yet.</summary>
    public ImmutableArray<string> ManagedAfter => Sorted(Claim.Declaration.Tags
        .Union(Claim.Managed.Where(tag => MustRemove.Contains(tag) || PendingHandovers.ContainsKey(tag)), StringComparer.Ordinal));

    /// <summary>Tags that the set restores and that other sets still have to remove, each with the name of one of those sets.</summary>
    public ImmutableSortedDictionary<string, string> PendingRestores { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The set that takes over the record of the original tags and has not stored it yet; null when there is none.</summary>
    public string? PendingRecord { get; init; }

    /// <summary>All declared tags are on the image and stay there.</summary>
    public required bool HasAllDeclared { get; init; }

    /// <summary>Tags on the image that the set has to remove, whether or not a request can name them.</summary>
    public required ImmutableHashSet<string> MustRemove { get; init; }

    /// <summary>Tags that other sets, which can write, declare and manage when this one does not take part.</summary>
    public required ImmutableHashSet<string> Succeeded { get; init; }

    /// <summary>Another set is excluded because of this one.</summary>
    public bool Excludes { get; init; }

    /// <summary>A write that changes nothing and proves that the set can write to the image; null when no proof is needed.</summary>
    public TagStep? Proof { get; init; }

    /// <summary>The removals that <c>spec.maxRemovals</c> limits: also those that follow if the cloud refuses the writes of all sets that
    /// have not proved that they can write.</summary>
    public required IReadOnlySet<string> LimitedRemovals { get; init; }

    /// <summary>What the set sends to the cloud.</summary>
    /// <param name="isHeld">The set may not change anything now.</param>
    public ImmutableArray<TagStep> Writes(bool isHeld)
    {
        if (!isHeld && !Plan.IsEmpty) return Plan.Steps;
        return Proof is { } proof && (Excludes || !isHeld) ? [proof] : [];
    }

    /// <summary>What the status lists as managed after a reconcile. A set that may not write gains no tags. While the result of a write is
    /// unknown, every tag that may be the set's stays managed.</summary>
    /// <param name="mayWrite">False: the set deliberately wrote nothing.</param>
    /// <param name="problem">The problem of the image, or null.</param>
    /// <param name="added">Tags that were added. A set that was excluded after its first writes still manages what it wrote.</param>
    public IEnumerable<string> Managed(bool mayWrite, Problem? problem, IReadOnlyCollection<string> added)
    {
        var stoppedFirst = added.Count == 0 && (problem?.Reason == Reason.RemovalLimitExceeded || problem?.Reason == Reason.Contended);
        // A set that does not take part leaves its tags to those that do. Else it would remove them later, when it takes part again.
        if (problem?.Reason == Reason.Conflict) return Claim.Managed.Except(Succeeded).Union(added);
        if (!mayWrite || stoppedFirst) return Claim.Managed.Union(added);
        if (problem?.Reason == Reason.Forbidden) return ManagedAfter.Except(Succeeded.Except(Claim.Declaration.Tags));
        return problem is { Reason.Kind: ProblemKind.Retrying } ? ManagedBefore : ManagedAfter;
    }

    /// <summary>Whether an image that the set leaves must stay in its status. A write that may still be running can put a tag back
    /// later.</summary>
    public bool IsUnfinished(Problem? problem) =>
        !Plan.IsEmpty || !PendingHandovers.IsEmpty || !PendingRestores.IsEmpty || PendingRecord is not null
        || problem is { Reason.Kind: ProblemKind.Retrying };

    /// <summary>The tags from before any set managed the image. A set that leaves the image passes its record on. Otherwise they are the
    /// tags of the first read, without those that sets added or declare; what a refused set declares counts as original. A set that stays
    /// keeps its own record, so the order in which the sets are looked at makes no difference. An excluded set records nothing.</summary>
    public IEnumerable<string>? OriginalTags(IReadOnlyCollection<string> firstRead, IReadOnlyCollection<ImageClaim> others)
    {
        if (Winner is not null) return null;
        var previous = others
            .Where(other => other is { Original: not null, IsLeaving: true })
            .OrderBy(other => other.Created).ThenBy(other => other.Owner, StringComparer.Ordinal).FirstOrDefault();
        if (previous is not null) return previous.Original;
        return firstRead.Except(Claim.Managed).Except(others.SelectMany(other =>
            other.WriteAccess == WriteAccess.Refused ? other.Managed : other.Managed.Union(other.Declaration.Tags)));
    }

    private static ImmutableArray<string> Sorted(IEnumerable<string> tags) => [.. tags.Order(StringComparer.Ordinal)];
}
