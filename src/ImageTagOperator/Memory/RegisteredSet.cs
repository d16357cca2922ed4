using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Memory;

/// <summary>One generation of a set, with the status that the API server has of it.</summary>
/// <param name="changedAt">When it became known here.</param>
public sealed class RegisteredSet(V1Alpha1ImageTagSet set, SetMemory memory, DateTimeOffset changedAt)
{
    private readonly bool isValid = CloudRules.Check(set.Spec) is null;
    private volatile V1Alpha1ImageTagSet current = set;
    private volatile bool isSuperseded;

    /// <summary>Shared with the cache: look, do not change.</summary>
    public V1Alpha1ImageTagSet Set
    {
        get => current;
        internal set => current = value;
    }

    /// <summary>When the set was created or edited, or somebody asked for a reconcile of it: images that were read before do not
    /// answer to it.</summary>
    public DateTimeOffset ChangedAt { get; internal set; } = changedAt;

    /// <summary>The same, without the creation: people edit a set and its Secret together, so one that was read before the edit is
    /// not used.</summary>
    public DateTimeOffset EditedAt { get; internal set; } = DateTimeOffset.MinValue;

    /// <summary>In the order in which sets became known.</summary>
    internal long Number { get; init; }

    /// <summary>The same for all generations of the set.</summary>
    public SetMemory Memory => memory;

    public NamespacedName Key => Set.Key();

    public ImageTagSetSpec Spec => Set.Spec;

    /// <summary>The set was edited or deleted since: what was planned for this generation may be nobody's wish any more.</summary>
    public bool IsSuperseded => isSuperseded;

    /// <summary>A set that only observes, is suspended, is invalid or is being deleted keeps nobody from anything.</summary>
    public bool MakesClaims => isValid && !Spec.Suspend && Spec.Mode != TagSetMode.Observe && !Set.IsTerminating();

    /// <summary>What <c>spec.image</c> says of this image. With <c>newest</c>, that it is a candidate.</summary>
    public bool Means(ImageFacts image) => ImageSelection.MatchesReference(Spec.Image, image);

    /// <summary>The same of one whose properties may not be known.</summary>
    public bool MayMean(ImageFacts image) => ImageSelection.MayMatchReference(Spec.Image, image);

    internal void Supersede() => isSuperseded = true;

    /// <summary>What is planned for the set and what is planned for this one is the same.</summary>
    internal bool IsFor(V1Alpha1ImageTagSet other) =>
        IsOf(other) && Set.Metadata.Generation == other.Metadata.Generation && Set.IsTerminating() == other.IsTerminating();

    /// <summary>Both are generations of one set.</summary>
    internal bool IsOf(V1Alpha1ImageTagSet other) => Set.Metadata.Uid == other.Metadata.Uid;
}
