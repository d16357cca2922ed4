using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace ImageTagOperator.OpenStack;

/// <summary>One server, for all who use it: so many requests at a time and in a second. That it is away is believed only of those whom it has answered
/// before: anybody can name a server, with the wrong scheme or below a path where nothing is.</summary>
internal sealed class CloudServer : IDisposable
{
    private readonly CloudLimits limits;
    private readonly TimeProvider time;
    private readonly TokenBucketRateLimiter rate;
    private readonly FairSlots slots;
    private readonly ConcurrentDictionary<string, CircuitBreaker> circuits = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly List<WeakReference<CloudHost>> hosts = [];
    private volatile int users;

    /// <param name="scope">Who listens to its metrics.</param>
    public CloudServer(string authority, CloudLimits limits, TimeProvider time, object? scope)
    {
        Authority = authority;
        this.limits = limits;
        this.time = time;
        Metrics = new CloudMetrics(authority, IsAway, scope);
        slots = new FairSlots(limits.Concurrency, () => users);
        var tokens = (limits.RequestsPerSecond + 99) / 100;      // at most a hundred times a second: below a millisecond its timer stands still
        rate = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = limits.RequestsPerSecond,
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1) * tokens / limits.RequestsPerSecond,
            QueueLimit = int.MaxValue,
        });
    }

    /// <summary>Host and port.</summary>
    public string Authority { get; }

    public CloudMetrics Metrics { get; }

    /// <summary>No request is under way or waits.</summary>
    public bool IsIdle => slots.IsIdle;

    /// <summary>This server as one user sees it.</summary>
    /// <param name="address">With the scheme, and the path that the API is below.</param>
    public CloudHost For(object user, string address)
    {
        var circuit = circuits.GetOrAdd(address, _ => new CircuitBreaker(limits, time, static (error, response) =>
            error is CloudCallException { IsOwnFault: false } || response?.Status is 502 or 503 or 504));
        var host = new CloudHost(this, user, circuit, limits, time);
        lock (gate)
        {
            hosts.RemoveAll(static other => !other.TryGetTarget(out _));
            hosts.Add(new WeakReference<CloudHost>(host));
            users = Users().Select(static known => known.User).Distinct().Count();
        }

        return host;
    }

    /// <summary>Waits for a place, and for its turn in this second. Dispose the result when the answer is in.</summary>
    public async Task<IDisposable> EnterAsync(object user, bool isProven, CancellationToken cancellationToken)
    {
        var place = await slots.EnterAsync(user, isProven, cancellationToken);
        try
        {
            using var turn = await rate.AcquireAsync(1, cancellationToken);
            return place;
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Metrics.Dispose();
        rate.Dispose();
    }

    /// <summary>It does not answer those who know it, or nobody.</summary>
    private bool IsAway() => circuits.Values.Any(circuit => circuit.IsOpen) || (Users() is { Count: > 0 } all && all.TrueForAll(host => host.IsOpen));

    private List<CloudHost> Users()
    {
        lock (gate) return [.. hosts.Select(static host => host.TryGetTarget(out var target) ? target : null).OfType<CloudHost>()];
    }
}
