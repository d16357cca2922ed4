using System.Collections.Concurrent;

namespace ImageTagOperator.Kubernetes.Queueing;

/// <summary>The backoff of each key after a failure. It doubles each time, until a success.</summary>
internal sealed class FailureBackoff(TimeSpan initial, TimeSpan maximum, Func<double> random)
{
    private readonly ConcurrentDictionary<NamespacedName, int> failures = new();

    /// <summary>Counts a failure.</summary>
    /// <param name="cap">A shorter maximum for this key.</param>
    /// <returns>80 to 100 % of the backoff, so that keys that failed together are not retried together.</returns>
    public TimeSpan Next(NamespacedName key, TimeSpan? cap = null)
    {
        var earlier = failures.AddOrUpdate(key, 1, (_, count) => count + 1) - 1;
        var longest = cap is { } limit && limit < maximum ? limit : maximum;
        var pause = Math.Min(initial.TotalSeconds * Math.Pow(2, Math.Min(earlier, 64)), longest.TotalSeconds);
        return TimeSpan.FromSeconds(pause * (1 - (0.2 * random())));
    }

    public void Reset(NamespacedName key) => failures.TryRemove(key, out _);
}
