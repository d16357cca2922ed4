using System.Threading.RateLimiting;
using ImageTagOperator.OpenStack.Telemetry;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>One server for all of its users, with limits on concurrent requests and on requests per second. An outage is only believed from
/// users that the server has answered before: anyone can name a server with a wrong scheme or path.</summary>
internal sealed class CloudServer : IDisposable
{
    /// <summary>The longest wait for a slot.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    private readonly CloudLimits limits;
    private readonly TimeProvider time;
    private readonly TokenBucketRateLimiter rate;
    private readonly FairSlots slots;
    private readonly bool hasOwnMetrics;
    private readonly Lock gate = new();
    private readonly List<WeakReference<CloudHost>> hosts = [];
    private volatile int users;

    /// <param name="firstUser">The user that named the server first.</param>
    /// <param name="scope">The scope of its meter; see <see cref="System.Diagnostics.Metrics.Meter.Scope"/>.</param>
    /// <param name="metrics">Shared metrics; null to create its own.</param>
    public CloudServer(string authority, string firstUser, CloudLimits limits, TimeProvider time, object? scope, CloudMetrics? metrics)
    {
        (Authority, FirstUser, hasOwnMetrics) = (authority, firstUser, metrics is null);
        this.limits = limits;
        this.time = time;
        Metrics = metrics ?? new CloudMetrics(authority, IsUnavailable, scope);
        slots = new FairSlots(limits.Concurrency, time, () => users);
        // Refill at most a hundred times a second: the timer does not support periods below a millisecond.
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

    /// <summary>Whether no request is running or waiting.</summary>
    public bool IsIdle => slots.IsIdle;

    /// <summary>The server as one user sees it.</summary>
    /// <param name="address">The base URL: scheme, host, port and the path before the API's own part.</param>
    public CloudHost For(string user, string address)
    {
        lock (gate)
        {
            hosts.RemoveAll(static other => !other.TryGetTarget(out _));
            var known = Users();
            var shared = known.Find(other => other.Address == address)?.SharedBreaker ?? Circuit();
            var host = new CloudHost(this, user, address, shared, limits, time);
            hosts.Add(new WeakReference<CloudHost>(host));
            users = known.Append(host).Select(static each => each.User).Distinct().Count();
            return host;
        }
    }

    /// <summary>Waits for a slot and for the rate limit. Dispose the result when the answer has arrived.</summary>
    /// <exception cref="TimeoutException">No slot became free within <see cref="MaxWait"/>.</exception>
    public async Task<IDisposable> EnterAsync(string user, bool isProven, bool isUrgent, CancellationToken cancellationToken)
    {
        var place = await slots.EnterAsync(user, MaxWait, cancellationToken, isProven, isUrgent);
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
        error is CloudCallException { IsLocalCause: false } || response?.Status is 502 or 503 or 504);

    /// <summary>The server answers none of the users that it answered before, or no user at all.</summary>
    private bool IsUnavailable() =>
        Users() is { Count: > 0 } all
        && (all.Exists(static host => host.SharedBreaker.IsOpen) || all.TrueForAll(static host => host.IsOpen));

    private List<CloudHost> Users()
    {
        lock (gate) return [.. hosts.Select(static host => host.TryGetTarget(out var target) ? target : null).OfType<CloudHost>()];
    }
}
