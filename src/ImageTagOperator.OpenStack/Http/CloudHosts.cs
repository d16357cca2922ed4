using System.Collections.Concurrent;

namespace ImageTagOperator.OpenStack;

/// <summary>The hosts that this process sends requests to, each with its limits, whichever credentials are used for it.</summary>
/// <param name="mayWrite">Asked right before a PUT or DELETE goes out.</param>
internal sealed class CloudHosts(CloudLimits limits, TimeProvider time, Func<bool> mayWrite) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<CloudHost>> hosts = new(StringComparer.OrdinalIgnoreCase);

    public CloudLimits Limits => limits;

    public Func<bool> MayWrite => mayWrite;

    /// <summary>What carries requests to a cloud.</summary>
    public Func<CloudConfiguration, HttpMessageHandler> Transport { get; set; } = CloudHttp.Connections;

    public CloudHost For(Uri url) => hosts.GetOrAdd(url.Authority, authority => new(() => new CloudHost(authority, limits, time))).Value;

    public void Dispose()
    {
        foreach (var host in hosts.Values.Where(host => host.IsValueCreated)) host.Value.Dispose();
    }
}
