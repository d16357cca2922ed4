using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>No image matches, and declared tags are still on other images. They leave those only after a second list shows no match either:
/// a replica of the cloud that lags can lack the image to which they move.</summary>
/// <param name="Generation">The generation of the spec. An edit needs lists of its own.</param>
/// <param name="Since">When the first such list was read.</param>
public sealed record NoMatch(long? Generation, DateTimeOffset Since)
{
    /// <summary>How much newer the second list must be.</summary>
    public static readonly TimeSpan Confirmation = TimeSpan.FromSeconds(5);

    /// <summary>The state after another list without a match.</summary>
    /// <param name="earlier">The state after the list before; null when that list had a match, or no tags were to leave.</param>
    public static NoMatch After(NoMatch? earlier, long? generation, DateTimeOffset listedAt) =>
        earlier is not null && earlier.Generation == generation ? earlier : new(generation, listedAt);

    /// <summary>Why the tags stay for now; null when this list confirms the first one.</summary>
    public Problem? Unconfirmed(DateTimeOffset listedAt) => listedAt - Since >= Confirmation ? null : new(
        Reason.Transient,
        "The cloud's list of images has no match for spec.image.selector. The declared tags stay on their images until a second list "
            + "confirms it, in some seconds.",
        Confirmation);
}
