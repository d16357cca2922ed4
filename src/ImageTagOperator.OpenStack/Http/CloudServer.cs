using System.Threading.RateLimiting;
using ImageTagOperator.OpenStack.Telemetry;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>One server, for all who use it: so many requests at a time and in a second. That it is away is believed only of those whom it
/// has answered before: anybody can name a server, with the wrong scheme or below a path where nothing is.</summary>
internal sealed class CloudServer : IDisposable
{
    /// <summary>For a place.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly CloudLimits limits;
    private readonly TimeProvider time;
    private readonly TokenBucketRateLimiter rate;
    private readonly FairSlots slots;
    private readonly bool hasOwnMetrics;
    private readonly Lock gate = new();
    private readonly List<WeakReference<CloudHost>> hosts = [];
    private volatile int users;

    /// <param name="firstUser">Who named it first.</param>
    /// <param name="scope">Who listens to its metrics.</param>
    /// <param name="metrics">Shares these; null: it has its own.</param>
    public CloudServer(string authority, string firstUser, CloudLimits limits, TimeProvider time, object? scope, CloudMetrics? metrics)
    {
        (Authority, FirstUser, hasOwnMetrics) = (authority, firstUser, metrics is null);
        this.limits = limits;
        this.time = time;
        Metrics = metrics ?? new CloudMetrics(authority, IsAway, scope);
        slots = new FairSlots(limits.Concurrency, time, () => users);
        // at most a hundred times a second: below a millisecond its timer stands still
        var tokens = (limits.RequestsPerSecond + 99) / 100;
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

    public string FirstUser { get; }

    public CloudMetrics Metrics { get; }

    /// <summary>No request is under way or waits.</summary>
    public bool IsIdle => slots.IsIdle;

    /// <summary>This server as one user sees it.</summary>
    /// <param name="address">With the scheme, and the path that the API is below.</param>
    public CloudHost For(string user, string address)
    {
        lock (gate)
        {
            hosts.RemoveAll(static other => !other.TryGetTarget(out _));
            var known = Users();
            var host = new CloudHost(this, user, address, known.Find(other => other.Address == address)?.Shared ?? Circuit(), limits, time);
            hosts.Add(new WeakReference<CloudHost>(host));
            users = known.Append(host).Select(static each => each.User).Distinct().Count();
            return host;
        }
    }

    /// <summary>Waits for a place, and for its turn in this second. Dispose the result when the answer is in.</summary>
    /// <exception cref="TimeoutException">No place came free within <see cref="LongestWait"/>.</exception>
    public async Task<IDisposable> EnterAsync(string user, bool isProven, bool isUrgent, CancellationToken cancellationToken)
    {
        var place = await slots.EnterAsync(user, LongestWait, cancellationToken, isProven, isUrgent);
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
        if (hasOwnMetrics) Metrics.Dispose();
        rate.Dispose();
    }

    private CircuitBreaker Circuit() => new(limits, time, static (error, response) =>
        error is CloudCallException { IsOwnFault: false } || response?.Status is 502 or 503 or 504);

    /// <summary>It does not answer those who know it, or nobody.</summary>
    private bool IsAway() =>
        Users() is { Count: > 0 } all && (all.Exists(static host => host.Shared.IsOpen) || all.TrueForAll(static host => host.IsOpen));

    private List<CloudHost> Users()
    {
        lock (gate) return [.. hosts.Select(static host => host.TryGetTarget(out var target) ? target : null).OfType<CloudHost>()];
    }
}
