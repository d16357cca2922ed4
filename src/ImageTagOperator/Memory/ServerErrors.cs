namespace ImageTagOperator.Memory;

/// <summary>Counts consecutive server errors of the removal of a tag. Glance can store a tag twice, and then each removal answers 500; a
/// single 500 is not a sign of this. The cloud is part of the key, because another cloud can have an image with the same id.</summary>
public sealed class ServerErrors(TimeProvider time)
{
    private const int PersistentAfter = 3;

    /// <summary>Longer than the longest interval between two retries. Counts expire, because images are deleted.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(2);

    private readonly ExpiringCache<(string Cloud, string ImageId, string Tag), int> counts = new(time);

    /// <summary>Counts an error. True when the removal failed so often that a retry does not help.</summary>
    public bool Record(string cloud, string imageId, string tag) =>
        counts.Update((cloud, imageId, tag), static count => count + 1, KeptFor) >= PersistentAfter;

    public void Forget(string cloud, string imageId, string tag) => counts.Remove((cloud, imageId, tag));
}
