using ImageTagOperator.Controllers;
using ImageTagOperator.Entities;
using ImageTagOperator.Hosting;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageTagOperator.Benchmarks.Simulation;

/// <summary>The reconciler as in production, between the two simulated servers. Its clock can be moved forward.</summary>
internal sealed class SimulatedOperator : IAsyncDisposable
{
    private const int Parallel = 32;    // as production for one namespace

    private readonly ServiceProvider services;
    private readonly ImageTagSetController controller;
    private readonly SimulatedCluster cluster;
    private readonly MovedClock clock = new();

    public SimulatedOperator(SimulatedCluster cluster, SimulatedCloud cloud)
    {
        this.cluster = cluster;
        services = new ServiceCollection()
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton<IKubernetesClient>(cluster)
            .AddSingleton<IEntityCache<V1Alpha1ImageTagSet>>(cluster)
            .AddSingleton<IEntityQueue<V1Alpha1ImageTagSet>>(cluster)
            .AddSingleton(new OperatorOptions { DriftProbe = TimeSpan.Zero })
            .AddSingleton(new OperatorState())
            .AddSingleton(new TagMetrics())
            .AddSingleton(new RequeuePolicy(() => 0.5))
            .AddSingleton(new OperatorPod(null))
            .AddSingleton<EventPublisher>((_, _, _, _, _) => Task.CompletedTask)
            .AddSingleton<ILogger<Announcer>>(NullLogger<Announcer>.Instance)
            .AddSingleton<ILogger<KubernetesStatusStore>>(NullLogger<KubernetesStatusStore>.Instance)
            .AddSingleton(_ => new CloudSessions(new CloudLimits { RequestsPerSecond = 1_000_000 }, clock) { Transport = _ => cloud })
            .AddSingleton<ICloudDirectory>(new SecretClouds(new SharedSecrets(cluster, clock)))
            .AddReconciliation()
            .AddSingleton<KubernetesStatusStore>()
            .AddSingleton<IStatusStore>(provider => provider.GetRequiredService<KubernetesStatusStore>())
            .AddSingleton<Announcer>()
            .AddSingleton<ImageTagSetController>()
            .BuildServiceProvider();
        controller = services.GetRequiredService<ImageTagSetController>();
    }

    /// <summary>Moves the clock, without a wait.</summary>
    public void Pass(TimeSpan time) => clock.Ahead += time;

    /// <summary>One reconcile of each set, many at a time.</summary>
    public Task ReconcileAsync(IEnumerable<string> sets) => System.Threading.Tasks.Parallel.ForEachAsync(
        sets,
        new ParallelOptions { MaxDegreeOfParallelism = Parallel },
        async (name, cancellationToken) => await controller.ReconcileAsync(
            cluster.TryGet(new NamespacedName("images", name))!, cancellationToken));

    public ValueTask DisposeAsync() => services.DisposeAsync();

    private sealed class MovedClock : TimeProvider
    {
        public TimeSpan Ahead { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
    }
}
