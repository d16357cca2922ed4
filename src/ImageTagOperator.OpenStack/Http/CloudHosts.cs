using System.Collections.Concurrent;

namespace ImageTagOperator.OpenStack;

/// <summary>The hosts that this process sends requests to, each with its limits, whichever credentials are used for it.</summary>
/// <param name="mayWrite">Asked right before a PUT or DELETE goes out.</param>
/// <param name="meterScope">Who listens to their metrics.</param>
internal sealed class CloudHosts(CloudLimits limits, TimeProvider time, Func<bool> mayWrite, object? meterScope = null) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<CloudHost>> hosts = new(StringComparer.OrdinalIgnoreCase);

    public CloudLimits Limits => limits;

    public TimeProvider Time => time;

    public Func<bool> MayWrite => mayWrite;

    /// <summary>What carries requests to a cloud.</summary>
    public Func<CloudConfiguration, HttpMessageHandler> Transport { get; set; } = CloudHttp.Connections;

    /// <param name="authority">Host and port: with the port even when it is the scheme's own.</param>
    public CloudHost For(string authority) => hosts.GetOrAdd(authority, _ => new(() => new CloudHost(authority, limits, time, meterScope))).Value;

    public CloudHost For(Uri url) => For(AuthorityOf(url));

    public static string AuthorityOf(Uri url) => $"{url.Host}:{url.Port}";

    /// <summary>Forgets all others that nobody waits for, their metrics too.</summary>
    public void KeepOnly(IReadOnlySet<string> authorities)
    {
        foreach (var (authority, host) in hosts)
        {
            if (authorities.Contains(authority) || !host.Value.IsIdle || !hosts.TryRemove(new(authority, host))) continue;
            host.Value.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var host in hosts.Values.Where(host => host.IsValueCreated)) host.Value.Dispose();
    }
}
