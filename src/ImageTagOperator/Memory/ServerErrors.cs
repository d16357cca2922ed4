namespace ImageTagOperator.Memory;

/// <summary>Counts how often the removal of a tag ended with a server error in a row. Glance can hold a tag twice, after which its removal
/// answers 500 for ever; a single 500 means nothing. By cloud: anybody can have one that knows the ids of others' images.</summary>
public sealed class ServerErrors(TimeProvider time)
{
    private const int Proof = 3;

    /// <summary>Longer than the longest interval between two tries, and not for ever: images come and go.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(2);

    private readonly Remembered<(string Cloud, string ImageId, string Tag), int> counts = new(time);

    /// <summary>True when this was one too many to be chance.</summary>
    public bool Another(string cloud, string imageId, string tag) =>
        counts.Update((cloud, imageId, tag), static count => count + 1, KeptFor) >= Proof;

    public void Forget(string cloud, string imageId, string tag) => counts.Remove((cloud, imageId, tag));
}
