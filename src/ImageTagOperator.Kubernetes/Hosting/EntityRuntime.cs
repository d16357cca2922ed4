using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes;

/// <summary>The watches and workers of one kind.</summary>
internal sealed class EntityRuntime<TEntity>(
    IKubernetesClient client,
    EntityCache<TEntity> cache,
    EntityWorkers<TEntity> workers,
    OperatorSettings settings,
    RuntimeMetrics metrics,
    TimeProvider time,
    Func<double> random,
    ILogger<EntityWatch<TEntity>> logger) : IEntityRuntime
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    public IReadOnlyList<Task> Watch(CancellationToken cancellationToken)
    {
        if (client is IWriteNotifier notifier) notifier.Written += cache.ApplyOwnWrite;
        string?[] namespaces = settings.Namespaces.Count == 0 ? [null] : [.. settings.Namespaces.Distinct()];
        cache.ExpectedLists = namespaces.Length;
        return [.. namespaces.Select(name => Watch(name).RunAsync(cancellationToken))];
    }

    public Task WhenSyncedAsync(CancellationToken cancellationToken) => cache.WhenSyncedAsync(cancellationToken);

    public IReadOnlyList<Task> Work(CancellationToken taking, CancellationToken running) => workers.Start(taking, running);

    private EntityWatch<TEntity> Watch(string? inNamespace) =>
        new(client, cache, inNamespace, time, random, logger) { Restarted = reason => metrics.WatchRestarted(EntityDefinition.Of<TEntity>().Kind, reason) };
}
