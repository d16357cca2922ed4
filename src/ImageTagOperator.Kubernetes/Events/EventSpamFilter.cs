namespace ImageTagOperator.Kubernetes.Events;

/// <summary>Limits the events of one object: 25 at once, then one per 5 minutes (as in client-go). Thread-safe.</summary>
internal sealed class EventSpamFilter(TimeProvider time)
{
    private const double Burst = 25;
    private const int Capacity = 4096;

    private static readonly TimeSpan PerEvent = TimeSpan.FromMinutes(5);

    private readonly Lock gate = new();
    private readonly Dictionary<string, (double Left, long At)> buckets = [];

    public bool Allows(V1ObjectReference regarding)
    {
        var key = regarding.Uid ?? $"{regarding.Kind}/{regarding.NamespaceProperty}/{regarding.Name}";
        lock (gate)
        {
            var left = Left(key);
            if (left < 1) return false;
            if (buckets.Count >= Capacity) Shrink();
            buckets[key] = (left - 1, time.GetTimestamp());
            return true;
        }
    }

    private double Left(string key) =>
        buckets.TryGetValue(key, out var bucket) ? Math.Min(Burst, bucket.Left + (time.GetElapsedTime(bucket.At) / PerEvent)) : Burst;

    private void Shrink()
    {
        foreach (var key in buckets.Keys)
        {
            if (Left(key) >= Burst) buckets.Remove(key);
        }

        if (buckets.Count >= Capacity) buckets.Clear();
    }
}
