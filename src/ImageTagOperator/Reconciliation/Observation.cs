using ImageTagOperator.Memory;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>What the cloud showed of a set's images.</summary>
/// <param name="By">How they were reached; null of a set that is deleted, whose images are each reached in their own way.</param>
/// <param name="Images">Those that the set applies to.</param>
/// <param name="Left">Those that it does not apply to, and that are in its status.</param>
/// <param name="AsOf">When the cloud was asked.</param>
public sealed record Observation(
    RegisteredSet Set, CloudConnection? By, IReadOnlyList<ObservedImage> Images, LeftImages Left, DateTimeOffset AsOf)
{
    /// <summary>The ids of what the cloud shows in a way that cannot be read, and that a selector may mean.</summary>
    public IReadOnlyList<string> Odd { get; init; } = [];

    /// <summary>What is wrong with the whole set; the images were observed all the same.</summary>
    public Problem? Problem { get; init; }
}
