using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.OpenStack.Telemetry;

namespace ImageTagOperator.OpenStack;

/// <summary>The sessions of the process, one per distinct configuration, so that users of a cloud share its token, connections and
/// readings. A session lives as long as it is referenced: after a Secret is rotated, the old session and its password are dropped with the
/// last user.</summary>
public sealed class CloudSessions : IDisposable
{
    /// <summary>The name of the meters, one per server, and of the activity source.</summary>
    public const string MeterName = CloudCall.Source;

    private static readonly TimeSpan SweepEvery = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly Dictionary<CloudConfiguration, (WeakReference<CloudSession> Session, MemoryReservation Room)> sessions = [];
    private readonly TimeProvider time;
    private readonly CloudHosts hosts;
    private readonly ITimer sweeper;

    /// <param name="mayWrite">Called right before each write is sent; false cancels the write. Null allows all writes.</param>
    /// <param name="meterScope">The scope of the meters (<see cref="System.Diagnostics.Metrics.Meter.Scope"/>).</param>
    /// <param name="allowed">The addresses that clouds may have; null allows all.</param>
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

    /// <summary>Replaces the connections to each cloud; <see cref="RequestGuard"/> stays in front of it.</summary>
    internal Func<CloudConfiguration, HttpMessageHandler> Transport
    {
        init => hosts.Transport = value;
    }

    /// <summary>The locks for writes, shared by all sessions: two credentials for one cloud reach the same images.</summary>
    public ImageGates Gates { get; }

    /// <summary>The estimated bytes of memory that the images use.</summary>
    internal long ImageMemory => hosts.ImageMemory.Reserved;

    /// <param name="user">The user that limits are applied to. A session that several users share counts for the first one.</param>
    /// <exception cref="InvalidCloudsYamlException">The certificates are not valid PEM.</exception>
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

    /// <summary>Drops sessions that are no longer referenced, and the servers that only they used.</summary>
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

            hosts.RemoveExcept(used);
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
