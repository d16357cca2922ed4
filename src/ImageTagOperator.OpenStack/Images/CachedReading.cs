namespace ImageTagOperator.OpenStack.Images;

/// <summary>What <see cref="ReadingCache"/> stores for one term.</summary>
internal sealed class CachedReading
{
    /// <summary>Null when the term was not read yet, or when its reading takes too much memory.</summary>
    public ImageReading? Reading { get; set; }

    /// <summary>The reserved memory of the reading, in bytes.</summary>
    public long Size { get; set; }

    /// <summary>The time of the last reading that is not from a list of changes.</summary>
    public DateTimeOffset FullyReadAt { get; set; }

    /// <summary>The time of the last change that a probe reported.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    /// <summary>No probe reported a change since the reading.</summary>
    public bool IsCurrent => Reading is null || Reading.AsOf >= ChangedAt;

    /// <summary>A list of changes would contain the images.</summary>
    public bool IsListed { get; set; }

    public DateTimeOffset LastAsked { get; set; }

    public TimeSpan UsualAge { get; set; }
}
