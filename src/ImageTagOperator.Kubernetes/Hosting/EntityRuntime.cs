using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Controllers;
using ImageTagOperator.Kubernetes.Entities;
using ImageTagOperator.Kubernetes.Telemetry;
using ImageTagOperator.Kubernetes.Watching;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Hosting;

/// <summary>The watches and workers of one kind.</summary>
/// <param name="identifiers">The names of our finalizers.</param>
internal sealed class EntityRuntime<TEntity>(
    IKubernetesClient client,
    EntityCache<TEntity> cache,
    EntityCodec<TEntity> codec,
    IReadOnlyCollection<string> identifiers,
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

    public async Task FinalizeNamespaceAsync(string inNamespace, CancellationToken cancellationToken)
    {
        var withFinalizers = new HashSet<NamespacedName>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cache.MarkTerminating(inNamespace, time.GetUtcNow(), codec.Copy);
        using var subscription = cache.Subscribe(change =>
        {
            if (change.Entity.Metadata.NamespaceProperty != inNamespace) return;
            if (change.Type != WatchEventType.Deleted && HasFinalizer(change.Entity)) withFinalizers.Add(change.Entity.Key());
            else if (withFinalizers.Remove(change.Entity.Key()) && withFinalizers.Count == 0) done.TrySetResult();
        });
        if (cache.All.Any(entity => entity.Metadata.NamespaceProperty == inNamespace && HasFinalizer(entity))) await done.Task.WaitAsync(
            cancellationToken);
    }

    private bool HasFinalizer(TEntity entity) => entity.Metadata.Finalizers?.Any(identifiers.Contains) == true;

    private EntityWatch<TEntity> Watch(string? inNamespace) =>
        new(client, cache, inNamespace, time, random, logger) { Restarted = reason =>
            metrics.RecordWatchRestart(EntityDefinition.Of<TEntity>().Kind, reason) };
}
