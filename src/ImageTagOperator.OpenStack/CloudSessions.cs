namespace ImageTagOperator.OpenStack;

/// <summary>The sessions of this process, one per distinct configuration, so that all who use a cloud share its token, connections and
/// readings. A session lives as long as somebody holds it: one whose Secret was rotated goes when the last user has the new one, and its
/// password with it.</summary>
/// <param name="mayWrite">Asked right before each write is sent; when it says no, the write is not sent and is cancelled. Null: always.</param>
public sealed class CloudSessions(CloudLimits limits, TimeProvider time, Func<bool>? mayWrite = null) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<CloudConfiguration, WeakReference<CloudSession>> sessions = [];
    private readonly CloudHosts hosts = new(limits, time, mayWrite ?? (static () => true));

    public CloudSessions(TimeProvider time)
        : this(new CloudLimits(), time)
    {
    }

    /// <summary>Takes the place of the connections to each cloud; <see cref="RequestGuard"/> stays before it.</summary>
    internal Func<CloudConfiguration, HttpMessageHandler> Transport
    {
        init => hosts.Transport = value;
    }

    /// <summary>Shared by all sessions: two credentials for one cloud still reach the same images.</summary>
    public ImageGates Gates { get; } = new();

    /// <exception cref="InvalidCloudsYamlException">The certificates are no PEM.</exception>
    public CloudSession Get(CloudConfiguration cloud)
    {
        lock (gate)
        {
            if (sessions.TryGetValue(cloud, out var known) && known.TryGetTarget(out var session)) return session;
            foreach (var (left, reference) in sessions)
            {
                if (!reference.TryGetTarget(out _)) sessions.Remove(left);
            }

            session = new CloudSession(cloud, Gates, hosts, time);
            sessions[cloud] = new WeakReference<CloudSession>(session);
            return session;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (var reference in sessions.Values)
            {
                if (reference.TryGetTarget(out var session)) session.Dispose();
            }
        }

        hosts.Dispose();
    }
}
