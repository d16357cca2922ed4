using System.Collections.Concurrent;

namespace ImageTagOperator.OpenStack;

/// <summary>The sessions of this process, one per distinct configuration, so that all who use a cloud share its token and connections.</summary>
/// <param name="mayWrite">Asked right before each write is sent; when it says no, the write is not sent and is cancelled.</param>
public sealed class CloudSessions(TimeProvider time, Func<bool> mayWrite) : IDisposable
{
    private readonly ConcurrentDictionary<CloudConfiguration, Lazy<CloudSession>> sessions = new();

    /// <summary>Shared by all sessions: two credentials for one cloud still reach the same images.</summary>
    public ImageGates Gates { get; } = new();

    /// <exception cref="InvalidCloudsYamlException">The CA certificates are no PEM.</exception>
    public CloudSession Get(CloudConfiguration cloud) => sessions.GetOrAdd(cloud, key => new(() => new CloudSession(key, Gates, time, mayWrite: mayWrite))).Value;

    public void Dispose()
    {
        foreach (var session in sessions.Values.Where(session => session.IsValueCreated)) session.Value.Dispose();
    }
}
