using ImageTagOperator.Controllers;
using ImageTagOperator.Entities;
using ImageTagOperator.Hosting;
using ImageTagOperator.Kubernetes.Controllers;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using k8s;
using k8s.Models;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>One process of the operator: everything that it keeps in memory, put together as in production.</summary>
internal sealed class OperatorLife : IDisposable
{
    private readonly ServiceProvider services;
    private readonly ImageTagSetController controller;
    private readonly ImageTagSetFinalizer finalizer;
    private readonly FinalizerWriter<V1Alpha1ImageTagSet> finalizers;
    private readonly SetRegistry registry;

    /// <param name="writing">The clock of the pauses between writes.</param>
    public OperatorLife(
        IKubernetesClient kubernetes, IEntityCache<V1Alpha1ImageTagSet> sets, HttpMessageHandler clouds,
            IEntityQueue<V1Alpha1ImageTagSet> queue,
        TimeProvider time, TimeProvider writing)
    {
        var metrics = new TagMetrics();
        services = new ServiceCollection()
            .AddSingleton(time)
            .AddSingleton(kubernetes)
            .AddSingleton(sets)
            .AddSingleton(queue)
            .AddSingleton(new OperatorOptions { DriftProbe = TimeSpan.Zero })
            .AddSingleton(new OperatorState())
            .AddSingleton(metrics)
            .AddSingleton(new RequeuePolicy(() => 0.5))
            .AddSingleton(new OperatorPod(null))
            .AddSingleton<EventPublisher>(PublishAsync)
            .AddSingleton<ILogger<Announcer>>(NullLogger<Announcer>.Instance)
            .AddSingleton<ILogger<ImageTagSetFinalizer>>(NullLogger<ImageTagSetFinalizer>.Instance)
            .AddSingleton(_ => new CloudSessions(new CloudLimits { RequestsPerSecond = 1_000_000 }, time) { Transport = _ => clouds })
            .AddSingleton<ICloudDirectory>(new SecretClouds(new SharedSecrets(kubernetes, time)))
            .AddReconciliation()
            .AddSingleton(provider => ActivatorUtilities.CreateInstance<TagApplier>(provider, writing))
            .AddSingleton<ILogger<KubernetesStatusStore>>(NullLogger<KubernetesStatusStore>.Instance)
            .AddSingleton<KubernetesStatusStore>()
            .AddSingleton<IStatusStore>(provider => provider.GetRequiredService<KubernetesStatusStore>())
            .AddSingleton<Announcer>()
            .AddSingleton<ImageTagSetController>()
            .AddSingleton<ImageTagSetFinalizer>()
            .BuildServiceProvider();
        controller = services.GetRequiredService<ImageTagSetController>();
        finalizer = services.GetRequiredService<ImageTagSetFinalizer>();
        registry = services.GetRequiredService<SetRegistry>();
        finalizers = new FinalizerWriter<V1Alpha1ImageTagSet>(kubernetes);
    }

    /// <summary>One turn, as the runtime takes it. Null: the set is gone, or about to be.</summary>
    public async Task<ReconciliationResult<V1Alpha1ImageTagSet>?> TurnAsync(V1Alpha1ImageTagSet set)
    {
        if (!set.IsTerminating())
        {
            if (await TryRepeatAsync(set) is { } repeated) return repeated;
            return await finalizers.AddAsync(set, [V1Alpha1ImageTagSet.Finalizer], CancellationToken.None) is { } attached
                ? await controller.ReconcileAsync(attached, CancellationToken.None)
                : null;
        }

        var result = await finalizer.FinalizeAsync(set, CancellationToken.None);
        if (!result.IsSuccess) return result;
        await finalizers.RemoveAsync(result.Entity, V1Alpha1ImageTagSet.Finalizer, CancellationToken.None);
        await controller.DeletedAsync(set, CancellationToken.None);
        return null;
    }

    /// <summary>How many turns found at once that nothing is new.</summary>
    public int Repeats { get; private set; }

    private async Task<ReconciliationResult<V1Alpha1ImageTagSet>?> TryRepeatAsync(V1Alpha1ImageTagSet set)
    {
        if (registry.Find(set.Key()) is not { Set: var cached }
            || cached.Metadata.ResourceVersion != set.Metadata.ResourceVersion) return null;
        var repeated = await controller.TryRepeatAsync(cached, CancellationToken.None);
        if (repeated is not null) Repeats++;
        return repeated;
    }

    public void Dispose() => services.Dispose();

    private static Task PublishAsync(IKubernetesObject<V1ObjectMeta> entity, string reason, string message, EventType type,
        CancellationToken cancellationToken) => Task.CompletedTask;
}
