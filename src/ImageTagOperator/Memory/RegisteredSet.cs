using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Selection;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Memory;

/// <summary>One generation of a set, with its status in the API server.</summary>
/// <param name="changedAt">When this process first saw the generation.</param>
public sealed class RegisteredSet(V1Alpha1ImageTagSet set, SetMemory memory, DateTimeOffset changedAt)
{
    private volatile V1Alpha1ImageTagSet current = set;
    private volatile bool isSuperseded;

    /// <summary>The object of the watch cache. Do not modify it.</summary>
    public V1Alpha1ImageTagSet Set
    {
        get => current;
        internal set => current = value;
    }

    /// <summary>Why the spec of this generation is invalid; null when it is valid.</summary>
    public Problem? Invalid { get; } = CloudRules.Check(set.Spec);

    /// <summary>When the set was created or edited, or a reconcile was requested. Older readings of images are not used.</summary>
    public DateTimeOffset ChangedAt { get; internal set; } = changedAt;

    /// <summary>When the set was edited or a reconcile was requested. A Secret that was read before is not used, because users edit a set
    /// and its Secret together.</summary>
    public DateTimeOffset EditedAt { get; internal set; } = DateTimeOffset.MinValue;

    /// <summary>The registration order.</summary>
    internal long Number { get; init; }

    /// <summary>The state of the set in this process, shared by all its generations.</summary>
    public SetMemory Memory => memory;

    public NamespacedName Key => Set.Key();

    public ImageTagSetSpec Spec => Set.Spec;

    /// <summary>True when the set was edited or deleted since. A plan for this generation can be out of date.</summary>
    public bool IsSuperseded => isSuperseded;

    /// <summary>False when the set is invalid, suspended, in mode Observe or being deleted. Such a set does not restrict other
    /// sets.</summary>
    public bool MakesClaims => Invalid is null && !Spec.Suspend && Spec.Mode != TagSetMode.Observe && !Set.IsTerminating();

    /// <summary>True when <c>spec.image</c> matches the image. With <c>newest</c>, the image is then a candidate.</summary>
    public bool Matches(ImageFacts image) => ImageSelection.MatchesReference(Spec.Image, image);

    /// <summary>True when <c>spec.image</c> matches the image, or can match it if its properties are unknown.</summary>
    public bool MayMatch(ImageFacts image) => ImageSelection.MayMatchReference(Spec.Image, image);

    internal void Supersede() => isSuperseded = true;

    /// <summary>True when <paramref name="other"/> is the same generation of the same set.</summary>
    internal bool IsSameGeneration(V1Alpha1ImageTagSet other) =>
        IsSameSet(other) && Set.Metadata.Generation == other.Metadata.Generation && Set.IsTerminating() == other.IsTerminating();

    /// <summary>True when <paramref name="other"/> is a generation of the same set.</summary>
    internal bool IsSameSet(V1Alpha1ImageTagSet other) => Set.Metadata.Uid == other.Metadata.Uid;
}
