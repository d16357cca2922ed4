using System.Collections.Concurrent;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>Runs one key: reports a deletion, finalizes, or attaches the finalizers and reconciles.</summary>
internal sealed partial class EntityReconciler<TEntity>(
    EntityCache<TEntity> cache,
    EntityCodec<TEntity> codec,
    IServiceScopeFactory scopes,
    FinalizerWriter<TEntity> finalizerWriter,
    IReadOnlyList<FinalizerRegistration<TEntity>> finalizers,
    Func<IServiceProvider, IEntityController<TEntity>> resolveController,
    OperatorSettings settings,
    KnownFailures failures,
    ILogger<EntityReconciler<TEntity>> logger)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private readonly ConcurrentDictionary<NamespacedName, TEntity> deleted = new();
    private readonly string[] identifiers = [.. finalizers.Select(finalizer => finalizer.Identifier)];

    /// <summary>Keeps a deleted object for the next run of its key. Of several, the first one: no other can have run.</summary>
    public void RememberDeleted(TEntity entity) => deleted.TryAdd(entity.Key(), entity);

    /// <summary>Lets the controller report that a run of this key threw.</summary>
    /// <returns>The reason that the run is counted under.</returns>
    /// <exception cref="Exception">The controller threw it.</exception>
    public async Task<string> ReportFailureAsync(NamespacedName key, Exception error, CancellationToken cancellationToken)
    {
        if (cache.TryGet(key) is not { } cached) return "";
        await using var scope = scopes.CreateAsyncScope();
        return await resolveController(scope.ServiceProvider).FailedAsync(codec.Copy(cached), error, cancellationToken);
    }

    /// <exception cref="Exception">The controller threw it.</exception>
    public async Task<Outcome> RunAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        if (deleted.TryRemove(key, out var removed)
            && await NotifyDeletedAsync(scope.ServiceProvider, key, removed, cancellationToken) is { } retry) return retry;
        if (cache.TryGet(key) is not { } cached) return new Outcome.Gone { Reason = "Deleted" };

        if (settings.IsOurs?.Invoke(cached) == false) return new Outcome.NotOurs();

        var controller = resolveController(scope.ServiceProvider);
        if (!cached.IsTerminating() && await controller.TryRepeatAsync(cached, cancellationToken) is { } repeated) return After(
            key, "Reconcile", repeated);

        var entity = codec.Copy(cached);
        if (entity.IsTerminating()) return await FinalizeAsync(scope.ServiceProvider, entity, cancellationToken);
        if (settings.AutoAttachFinalizers && identifiers.Length > 0)
        {
            // Before the first reconcile: its effects must be undone even if the operator is down when the object is deleted.
            var attached = await finalizerWriter.AddAsync(entity, identifiers, cancellationToken);
            if (attached is null) return new Outcome.Done(null); // deleted: the watch will report it
            entity = attached;
        }

        var result = await controller.ReconcileAsync(entity, cancellationToken);
        return After(key, "Reconcile", result);
    }

    private async Task<Outcome?> NotifyDeletedAsync(
        IServiceProvider services, NamespacedName key, TEntity removed, CancellationToken cancellationToken)
    {
        var isHandled = false;
        try
        {
            var result = await resolveController(services).DeletedAsync(codec.Copy(removed), cancellationToken);
            isHandled = result.IsSuccess;
            return isHandled ? null : After(key, "Deleted", result);
        }
        finally
        {
            if (!isHandled) deleted.TryAdd(key, removed);
        }
    }

    private async Task<Outcome> FinalizeAsync(IServiceProvider services, TEntity entity, CancellationToken cancellationToken)
    {
        foreach (var finalizer in finalizers)
        {
            if (entity.Metadata.Finalizers?.Contains(finalizer.Identifier) != true) continue;
            var result = await finalizer.Resolve(services).FinalizeAsync(entity, cancellationToken);
            if (!result.IsSuccess) return After(entity.Key(), "Finalize", result);
            LogFinalized(logger, entity.Key(), finalizer.Identifier);
            var left = await finalizerWriter.RemoveAsync(result.Entity, finalizer.Identifier, cancellationToken);
            if (left is null) break;
            entity = left;
        }

        return new Outcome.Done(null) { Reason = "Finalized" };
    }

    private Outcome After(NamespacedName key, string step, ReconciliationResult<TEntity> result)
    {
        if (result.IsSuccess) return new Outcome.Done(result.RequeueAfter) { Reason = result.Reason };
        var level = failures.RecordFailure(key, $"{step} {result.Reason}", LogLevel.Warning);
        LogFailure(logger, level, result.Error, step, key, result.ErrorMessage);
        return new Outcome.Retry(result.RequeueAfter, settings.FailureBackoffCap?.Invoke(result.Entity)) { Reason = result.Reason };
    }

    [LoggerMessage(EventId = 1301, Message = "{Step} of {Key} failed: {Reason}")]
    private static partial void LogFailure(
        ILogger logger, LogLevel level, Exception? error, string step, NamespacedName key, string? reason);

    [LoggerMessage(1302, LogLevel.Information, "Finalized {Key}: removing {Finalizer}")]
    private static partial void LogFinalized(ILogger logger, NamespacedName key, string finalizer);
}
