using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.OpenStack.Telemetry;

namespace ImageTagOperator.OpenStack;

/// <summary>The sessions of this process, one per distinct configuration, so that all who use a cloud share its token, connections and
/// readings. A session lives as long as somebody holds it: one whose Secret was rotated goes when the last user has the new one, and its
/// password with it.</summary>
public sealed class CloudSessions : IDisposable
{
    /// <summary>The name of the meters, one for each server, and of the activity source.</summary>
    public const string MeterName = CloudCall.Source;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<CloudConfiguration, (WeakReference<CloudSession> Session, ListRoom Room)> sessions = [];
    private readonly TimeProvider time;
    private readonly CloudHosts hosts;
    private readonly ITimer sweeper;

    /// <param name="mayWrite">Asked right before each write is sent; when it says no, the write is not sent and is cancelled. Null:
    /// always.</param>
    /// <param name="meterScope">Who listens to the metrics (<see cref="System.Diagnostics.Metrics.Meter.Scope"/>).</param>
    /// <param name="allowed">Where clouds may be; null: anywhere.</param>
    public CloudSessions(
        CloudLimits limits, TimeProvider time, Func<bool>? mayWrite = null, object? meterScope = null, AllowedClouds? allowed = null)
    {
        this.time = time;
        Gates = new ImageGates(time);
        hosts = new(limits, time, mayWrite ?? (static () => true), meterScope, new CloudDialer(allowed ?? AllowedClouds.Anywhere));
        sweeper = time.CreateTimer(_ => Sweep(), null, SweepEvery, SweepEvery);
    }

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
    public ImageGates Gates { get; }

    /// <summary>Bytes, as estimated, that images take which were read.</summary>
    internal long ImageMemory => hosts.ImageMemory.Taken;

    /// <param name="user">Whose requests they are: limits are dealt out by user. A session that several use is the first one's.</param>
    /// <exception cref="InvalidCloudsYamlException">The certificates are no PEM.</exception>
    public CloudSession Get(CloudConfiguration cloud, string user = "")
    {
        lock (gate)
        {
            if (sessions.TryGetValue(cloud, out var known) && known.Session.TryGetTarget(out var session)) return session;
            known.Room?.Dispose();
            session = new CloudSession(cloud, user, Gates, hosts, time);
            sessions[cloud] = (new WeakReference<CloudSession>(session), session.Room);
            return session;
        }
    }

    /// <summary>Forgets sessions that nobody holds any more, and the servers that only they used.</summary>
    private void Sweep()
    {
        Gates.Sweep();
        lock (gate)
        {
            var used = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (cloud, (reference, room)) in sessions)
            {
                if (reference.TryGetTarget(out var session))
                {
                    used.UnionWith(session.Servers);
                    continue;
                }

                room.Dispose();
                sessions.Remove(cloud);
            }

            hosts.KeepOnly(used);
        }
    }

    public void Dispose()
    {
        sweeper.Dispose();
        lock (gate)
        {
            foreach (var (reference, _) in sessions.Values)
            {
                if (reference.TryGetTarget(out var session)) session.Dispose();
            }
        }

        hosts.Dispose();
    }
}
