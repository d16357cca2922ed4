using System.Collections.Concurrent;

namespace ImageTagOperator.Reconciliation;

/// <summary>How many tags an image may hold, by cloud, as a refused write (413) shows it: no API tells. It is forgotten after an hour, for a cloud
/// may come to allow more. Safe for concurrent use.</summary>
public sealed class TagQuotas(TimeProvider time)
{
    private static readonly TimeSpan Holds = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, (int Quota, DateTimeOffset Until)> known = new();

    /// <param name="cloud"><see cref="OpenStack.CloudAccess.Cloud"/>.</param>
    public int? Of(string cloud) => known.TryGetValue(cloud, out var entry) && time.GetUtcNow() < entry.Until ? entry.Quota : null;

    /// <summary>An image with this many tags got no more.</summary>
    /// <returns>That is news.</returns>
    public bool Teach(string cloud, int tags)
    {
        if (Of(cloud) <= tags) return false;
        known[cloud] = (tags, time.GetUtcNow() + Holds);
        return true;
    }
}
