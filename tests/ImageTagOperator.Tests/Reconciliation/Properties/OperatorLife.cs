using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Reconciliation;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>One process of the operator: everything that it keeps in memory, put together as in production.</summary>
internal sealed class OperatorLife : IDisposable
{
    private readonly CloudSessions sessions;
    private readonly SetRegistry registry;
    private readonly ImageTagSetController controller;
    private readonly ImageTagSetFinalizer finalizer;
    private readonly FinalizerWriter<V1Alpha1ImageTagSet> finalizers;

    /// <param name="writing">The clock of the pauses between writes.</param>
    public OperatorLife(
        IKubernetesClient kubernetes, IEntityCache<V1Alpha1ImageTagSet> sets, HttpMessageHandler clouds, IEntityQueue<V1Alpha1ImageTagSet> queue, TimeProvider time, TimeProvider writing)
    {
        sessions = new CloudSessions(new CloudLimits { RequestsPerSecond = 1_000_000 }, time) { Transport = _ => clouds };
        registry = new SetRegistry(sets, queue);
        var resolver = new CloudResolver(new SecretClouds(kubernetes), sessions);
        var readings = new ImageReadings(queue);
        var options = new OperatorOptions();
        var neighbours = new ImageNeighbours(registry, resolver, time);
        var releaser = new Releaser(resolver, registry, neighbours, options, time);
        var metrics = new TagMetrics();
        var announcer = new Announcer(PublishAsync, NullLogger<Announcer>.Instance);
        var applier = new TagApplier(neighbours, new ServerErrors(time), metrics, writing);
        controller = new ImageTagSetController(
            kubernetes, resolver, readings, new ImageFinder(readings), registry, neighbours, releaser, applier, new Contention(time), new Pace(() => 0.5),
            announcer, metrics, time);
        finalizer = new ImageTagSetFinalizer(releaser, applier, PublishAsync, announcer, options, new OperatorState(), time, NullLogger<ImageTagSetFinalizer>.Instance);
        finalizers = new FinalizerWriter<V1Alpha1ImageTagSet>(kubernetes);
    }

    /// <summary>One turn, as the runtime takes it. Null: the set is gone, or about to be.</summary>
    public async Task<ReconciliationResult<V1Alpha1ImageTagSet>?> TurnAsync(V1Alpha1ImageTagSet set)
    {
        if (!set.IsTerminating())
        {
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

    public void Dispose()
    {
        registry.Dispose();
        sessions.Dispose();
    }

    private static Task PublishAsync(IKubernetesObject<V1ObjectMeta> entity, string reason, string message, EventType type, CancellationToken cancellationToken) => Task.CompletedTask;
}
