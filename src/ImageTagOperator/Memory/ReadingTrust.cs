using ImageTagOperator.Entities;

namespace ImageTagOperator.Memory;

/// <summary>How old a reading a set may go by, as long as nothing about the set has changed.</summary>
internal sealed record ReadingTrust(long? Generation, string? RequestedAt, TimeSpan Age)
{
    public static ReadingTrust Of(V1Alpha1ImageTagSet set, TimeSpan age) => new(
        set.Metadata.Generation,
        V1Alpha1ImageTagSet.RequestedAt(set),
        age);
}
