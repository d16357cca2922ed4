using ImageTagOperator.Memory;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>The images of a set as they were read.</summary>
/// <param name="By">The connection; null for a deleted set, whose images can be in several clouds.</param>
/// <param name="Images">The images that the set applies to.</param>
/// <param name="Left">The other images of its status.</param>
/// <param name="AsOf">The time of the read.</param>
public sealed record Observation(
    RegisteredSet Set, CloudConnection? By, IReadOnlyList<ObservedImage> Images, LeftImages Left, DateTimeOffset AsOf)
{
    /// <summary>The ids of list entries that cannot be parsed and that a selector could match.</summary>
    public IReadOnlyList<string> UnreadableIds { get; init; } = [];

    /// <summary>True when the cloud of the set is not of this shard: only images that the set leaves were read.</summary>
    public bool IsHandedOver { get; init; }

    /// <summary>True when the list of images lacks one that exists, or shows for the first time that none matches.</summary>
    public bool IsListIncomplete { get; init; }

    /// <summary>True when no image was read with other credentials than those that the spec names now.</summary>
    public bool IsByCurrentCredentials { get; init; }

    /// <summary>A problem of the whole set, or null. The images were read.</summary>
    public Problem? Problem { get; init; }
}
