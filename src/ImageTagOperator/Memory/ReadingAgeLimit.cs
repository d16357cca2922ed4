using ImageTagOperator.Entities;

namespace ImageTagOperator.Memory;

/// <summary>The maximum age of a cached reading for a set. It is valid until the set changes.</summary>
internal sealed record ReadingAgeLimit(long? Generation, string? RequestedAt, TimeSpan Age)
{
    public static ReadingAgeLimit Of(V1Alpha1ImageTagSet set, TimeSpan age) => new(
        set.Metadata.Generation,
        V1Alpha1ImageTagSet.RequestedAt(set),
        age);
}
