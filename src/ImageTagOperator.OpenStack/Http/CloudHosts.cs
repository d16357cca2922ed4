using System.Collections.Concurrent;
using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.OpenStack.Telemetry;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>The servers that this process sends requests to, each with its limits, whichever credentials are used for it.</summary>
/// <param name="mayWrite">Asked right before a PUT or DELETE goes out.</param>
/// <param name="meterScope">Who listens to their metrics.</param>
/// <param name="dialer">Makes the connections; null: to anywhere.</param>
internal sealed class CloudHosts(
    CloudLimits limits, TimeProvider time, Func<bool> mayWrite, object? meterScope = null, CloudDialer? dialer = null) : IDisposable
{
    private static readonly string[] Apis = ["/auth/tokens", "/v2/images", "/v1/cloudimages/"];

    /// <summary>Servers with metrics of their own, of those that one user was the first to name.</summary>
    private const int MostNamed = 20;

    private readonly ConcurrentDictionary<string, Lazy<CloudServer>> servers = new(StringComparer.OrdinalIgnoreCase);
    private readonly Lazy<CloudMetrics> others = new(() => new CloudMetrics("other", static () => false, meterScope));

    public CloudLimits Limits => limits;

    /// <summary>Answers that are longer than <see cref="BoundedBody.Small"/> are read so many at a time, whichever servers they come
    /// from: memory is shared by all.</summary>
    public FairSlots LargeAnswers { get; } = new(8, time, static () => 2);

    /// <summary>For images that were read, whichever servers they come from.</summary>
    public ListMemory ImageMemory { get; } = new(limits.ImageMemory);

    public TimeProvider Time => time;

    public Func<bool> MayWrite => mayWrite;

    /// <summary>What carries requests to a cloud.</summary>
    public Func<CloudConfiguration, HttpMessageHandler> Transport { get; set; } = cloud =>
        CloudHttp.Connections(cloud, dialer ?? new CloudDialer(AllowedClouds.Anywhere));

    /// <summary>A server as one user sees it, for requests below one address.</summary>
    /// <param name="address">See <see cref="AddressOf"/>.</param>
    public CloudHost For(string user, Uri address) => ServerOf(user, address).For(user, address.AbsoluteUri);

    private CloudServer ServerOf(string user, Uri url)
    {
        var authority = AuthorityOf(url);
        return servers.GetOrAdd(authority, _ => new(() => Server())).Value;

        CloudServer Server() => new(authority, user, limits, time, meterScope, HasRoomFor(user) ? null : others.Value);
    }

    /// <summary>Whoever names ever more servers must not fill the metrics with them.</summary>
    private bool HasRoomFor(string user) =>
        servers.Values.Count(server => server.IsValueCreated && server.Value.FirstUser == user) < MostNamed;

    /// <summary>Host and port: with the port even when it is the scheme's own.</summary>
    public static string AuthorityOf(Uri url) => $"{url.Host}:{url.Port}";

    /// <summary>What a request's URL has before the API's own part.</summary>
    public static Uri AddressOf(Uri url)
    {
        var path = url.AbsolutePath;
        var length = Apis.Select(api => path.LastIndexOf(api, StringComparison.Ordinal)).Where(index => index >= 0)
            .DefaultIfEmpty(path.Length).Min();
        return new UriBuilder(url.Scheme, url.Host, url.Port, path[..length]).Uri;
    }

    /// <summary>Forgets all others that nobody waits for, their metrics too.</summary>
    public void KeepOnly(IReadOnlySet<string> authorities)
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
