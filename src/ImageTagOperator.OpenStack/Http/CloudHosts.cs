using System.Collections.Concurrent;
using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.OpenStack.Telemetry;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>The servers that the process sends requests to, each with its own limits, whichever credentials are used.</summary>
/// <param name="mayWrite">Called right before a PUT or DELETE is sent; false stops it.</param>
/// <param name="meterScope">The scope of their meters; see <see cref="System.Diagnostics.Metrics.Meter.Scope"/>.</param>
/// <param name="dialer">Makes the connections; null allows every address.</param>
internal sealed class CloudHosts(
    CloudLimits limits, TimeProvider time, Func<bool> mayWrite, object? meterScope = null, CloudDialer? dialer = null) : IDisposable
{
    private static readonly string[] Apis = ["/auth/tokens", "/v2/images", "/v1/cloudimages/"];

    /// <summary>How many servers with their own metrics one user can introduce.</summary>
    private const int MaxNamedServers = 20;

    private readonly ConcurrentDictionary<string, Lazy<CloudServer>> servers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<CloudMetrics> others = new(() => new CloudMetrics("other", static () => false, meterScope));

    public CloudLimits Limits => limits;

    /// <summary>Limits how many answers longer than <see cref="BoundedBody.Small"/> are read at a time over all servers, because they share
    /// memory.</summary>
    public FairSlots LargeAnswers { get; } = new(8, time, static () => 2);

    /// <summary>The memory for images that were read, over all servers.</summary>
    public ListMemory ImageMemory { get; } = new(limits.ImageMemory);

    public TimeProvider Time => time;

    public Func<bool> MayWrite => mayWrite;

    /// <summary>Creates the handler that sends requests to a cloud.</summary>
    public Func<CloudConfiguration, HttpMessageHandler> Transport { get; set; } = cloud =>
        CloudHttp.CreateHandler(cloud, dialer ?? new CloudDialer(AllowedClouds.Anywhere));

    /// <summary>The server of an address, as one user sees it.</summary>
    /// <param name="address">A result of <see cref="AddressOf"/>.</param>
    public CloudHost For(string user, Uri address) => ServerOf(user, address).For(user, address.AbsoluteUri);

    private CloudServer ServerOf(string user, Uri url)
    {
        var authority = AuthorityOf(url);
        return servers.GetOrAdd(authority, _ => new(() => Server())).Value;

        CloudServer Server() => new(authority, user, limits, time, meterScope, HasRoomFor(user) ? null : others.Value);
    }

    /// <summary>A user that names ever more servers must not fill the metrics with them.</summary>
    private bool HasRoomFor(string user) =>
        servers.Values.Count(server => server.IsValueCreated && server.Value.FirstUser == user) < MaxNamedServers;

    /// <summary>Host and port; the port is included even when it is the default one.</summary>
    public static string AuthorityOf(Uri url) => $"{url.Host}:{url.Port}";

    /// <summary>The part of a request's URL before the API's own part.</summary>
    public static Uri AddressOf(Uri url)
    {
        var path = url.AbsolutePath;
        var length = Apis.Select(api => path.LastIndexOf(api, StringComparison.Ordinal)).Where(index => index >= 0)
            .DefaultIfEmpty(path.Length).Min();
        return new UriBuilder(url.Scheme, url.Host, url.Port, path[..length]).Uri;
    }

    /// <summary>Drops all other servers without waiting requests, and their metrics.</summary>
    public void RemoveExcept(IReadOnlySet<string> authorities)
    {
        foreach (var (authority, server) in servers)
        {
            if (authorities.Contains(authority) || !server.Value.IsIdle || !servers.TryRemove(new(authority, server))) continue;
            server.Value.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var server in servers.Values.Where(server => server.IsValueCreated)) server.Value.Dispose();
        if (others.IsValueCreated) others.Value.Dispose();
    }
}
