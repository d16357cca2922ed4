using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace ImageTagOperator.Kubernetes.Telemetry;

/// <summary>The metrics of the runtime, similar to those of controller-runtime. OpenTelemetry's rules turn the names into those of
/// Prometheus: <c>imagetags.reconcile.duration</c> in seconds becomes <c>imagetags_reconcile_duration_seconds</c>.</summary>
internal sealed class RuntimeMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "ImageTagOperator.Kubernetes";

    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120];

    private readonly ConcurrentDictionary<string, KindState> kinds = new();
    private readonly Counter<long> reconciles;
    private readonly Histogram<double> duration;
    private readonly Histogram<double> latency;
    private readonly Counter<long> watchRestarts;

    public RuntimeMetrics(IMeterFactory meters, OperatorState state, OperatorSettings settings)
    {
        var meter = meters.Create(Name);
        reconciles = meter.CreateCounter<long>("imagetags.reconciles", null,
            "Reconciles that ended, by kind, by result (success, retry, conflict, error, superseded, cancelled) and by the reason that "
                + "the status then names.");
        duration = meter.CreateHistogram("imagetags.reconcile.duration", "s",
            "How long reconciles took, by kind and result.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        latency = meter.CreateHistogram("imagetags.queue.latency", "s",
            "How long objects that were due waited for a worker, by kind.", null,
                new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        watchRestarts = meter.CreateCounter<long>("imagetags.watch.restarts", null,
            "Watches that ended and were begun again, by kind and reason: ended (by the server, which is usual every few minutes), "
                + "expired, failed.");
        meter.CreateObservableGauge(
            "imagetags.queue.depth", () => Each(kind => kind.Depth()), null, "Objects that are due and wait for a worker, by kind.");
        meter.CreateObservableGauge("imagetags.workers.busy", () => Each(kind => kind.Busy), null, "Reconciles that run now, by kind.");
        meter.CreateObservableGauge("imagetags.workers", () => Each(kind => kind.Workers), null,
            "Reconciles that can run at a time, by kind; 0 on a replica that stands by.");
        meter.CreateObservableGauge(
            "imagetags.leader", () => new Measurement<int>(state.IsLeader ? 1 : 0, LeaseOf(settings.LeaderElection)), null,
            "1 on the replica that works, 0 on those that stand by; with shards one of each, with the label lease.");
    }

    /// <summary>Adds a kind. Series that alerts use start at 0, because to Prometheus a series that starts with 1 has not
    /// increased.</summary>
    /// <param name="depth">Returns the number of waiting keys.</param>
    public void AddKind(string kind, Func<int> depth)
    {
        kinds[kind] = new KindState(depth);
        foreach (var result in (string[])["success", "error"]) reconciles.Add(0, new("kind", kind), new("result", result));
        foreach (var reason in (string[])["ended", "expired", "failed"]) watchRestarts.Add(0, new("kind", kind), new("reason", reason));
    }

    /// <summary>The label that tells groups of replicas apart.</summary>
    private static KeyValuePair<string, object?>[] LeaseOf(LeaderElectionSettings election) =>
        election.GroupIdentity is null ? [] : [new("lease", election.LeaseName)];

    public void SetWorkers(string kind, int workers) => kinds[kind].Workers = workers;

    public void RecordTake(string kind, TimeSpan waited)
    {
        Interlocked.Increment(ref kinds[kind].Busy);
        latency.Record(waited.TotalSeconds, new KeyValuePair<string, object?>("kind", kind));
    }

    public void RecordReturn(string kind) => Interlocked.Decrement(ref kinds[kind].Busy);

    public void RecordReconcile(string kind, string result, string reason, TimeSpan took)
    {
        reconciles.Add(1, new("kind", kind), new("result", result), new("reason", reason));
        duration.Record(took.TotalSeconds, new("kind", kind), new("result", result));
    }

    public void RecordWatchRestart(string kind, string reason) => watchRestarts.Add(1, new("kind", kind), new("reason", reason));

    private IEnumerable<Measurement<int>> Each(Func<KindState, int> value) =>
        kinds.Select(pair => new Measurement<int>(value(pair.Value), new KeyValuePair<string, object?>("kind", pair.Key)));

    private sealed class KindState(Func<int> depth)
    {
        public int Busy;

        public Func<int> Depth => depth;

        public int Workers { get; set; }
    }
}
