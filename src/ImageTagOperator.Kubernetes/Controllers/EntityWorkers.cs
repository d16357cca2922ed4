using System.Diagnostics.CodeAnalysis;
using ImageTagOperator.Kubernetes.Entities;
using ImageTagOperator.Kubernetes.Queueing;
using ImageTagOperator.Kubernetes.Telemetry;
using ImageTagOperator.Kubernetes.Watching;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>Takes keys from the queue and runs several at a time.</summary>
internal sealed partial class EntityWorkers<TEntity>(
    EntityCache<TEntity> cache,
    EntityQueue<TEntity> queue,
    EntityReconciler<TEntity> reconciler,
    FailureBackoff backoff,
    RunningReconciles runs,
    KnownFailures failures,
    OperatorSettings settings,
    RuntimeMetrics metrics,
    TimeProvider time,
    ILogger<EntityWorkers<TEntity>> logger)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly string Kind = EntityDefinition.Of<TEntity>().Kind;

    /// <summary>Starts the workers and queues every object in the cache.</summary>
    /// <param name="taking">Stops taking new keys; running ones continue.</param>
    /// <param name="running">Cancels running reconciles.</param>
    /// <returns>The tasks of the workers; they end after <paramref name="taking"/> is cancelled.</returns>
    public IReadOnlyList<Task> Start(CancellationToken taking, CancellationToken running)
    {
        metrics.SetWorkers(Kind, settings.MaxParallelReconciliations);
        cache.Dispatch(Queue);
        return [.. Enumerable.Range(0, settings.MaxParallelReconciliations)
            .Select(_ => Task.Run(() => WorkAsync(taking, running), CancellationToken.None))];
    }

    private void Queue(EntityChange<TEntity> change)
    {
        var key = change.Entity.Key();
        if (change.Type == WatchEventType.Deleted)
        {
            queue.Work.Forget(key);
            reconciler.RememberDeleted(change.Entity);
            runs.Supersede(key);
        }
        else if (change.Previous is { } previous && !NeedsReconcile(previous, change.Entity))
        {
            return;
        }
        else if (change.Previous is { } old && IsSuperseding(old.Metadata, change.Entity.Metadata))
        {
            runs.Supersede(key);
        }

        queue.Work.Add(key);
    }

    private static bool IsSuperseding(V1ObjectMeta before, V1ObjectMeta after) =>
        before.Generation != after.Generation || before.DeletionTimestamp != after.DeletionTimestamp;

    private bool NeedsReconcile(TEntity before, TEntity after) =>
        NeedsReconcile(before.Metadata, after.Metadata)
        || (settings.IsOurs is { } isOurs && isOurs(after) && !isOurs(before));

    private bool NeedsReconcile(V1ObjectMeta before, V1ObjectMeta after) =>
        settings.ReconcileStrategy == ReconcileStrategy.ByResourceVersion
        || before.Generation != after.Generation
        || before.DeletionTimestamp != after.DeletionTimestamp
        || (settings.ReconcileRequestAnnotation is { } name && Annotation(before, name) != Annotation(after, name));

    private static string? Annotation(V1ObjectMeta metadata, string name) =>
        metadata.Annotations?.TryGetValue(name, out var value) == true ? value : null;

    private async Task WorkAsync(CancellationToken taking, CancellationToken running)
    {
        while (!taking.IsCancellationRequested)
        {
            NamespacedName key;
            TimeSpan waited;
            try
            {
                (key, waited) = await queue.Work.TakeTimedAsync(taking);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            metrics.RecordTake(Kind, waited);
            try
            {
                await RunAsync(key, running);
            }
            finally
            {
                queue.Work.Done(key);
                metrics.RecordReturn(Kind);
            }
        }
    }

    [SuppressMessage(
        "Design", "CA1031", Justification = "Whatever a controller throws, its object is retried and the others go on; it is logged")]
    private async Task RunAsync(NamespacedName key, CancellationToken running)
    {
        using var activity = ReconcileActivity.Start(Kind, key, logger);
        using var run = runs.Begin(key, running);
        var started = time.GetTimestamp();
        Outcome outcome;
        string result;
        try
        {
            outcome = await reconciler.RunAsync(key, run.Token);
            result = outcome is Outcome.Retry ? "retry" : "success";
        }
        catch (OperationCanceledException) when (running.IsCancellationRequested)
        {
            RecordResult("cancelled", "");
            return;
        }
        catch (OperationCanceledException) when (run.IsSuperseded)
        {
            RecordResult("superseded", "");     // the change has already queued the key
            return;
        }
        catch (OperationCanceledException error) when (run.IsTimedOut)
        {
            var late = run.ToTimeoutException(error);
            var reason = await HandleExceptionAsync(key, late, running);
            (outcome, result) = (new Outcome.Retry(null, Cap(key)) { Reason = reason }, "error");
        }
        catch (KubernetesException error) when (error.IsConflict)
        {
            LogConflict(logger, key, error.Message);
            (outcome, result) = (new Outcome.Retry(null, Cap(key)), "conflict");
        }
        catch (Exception error)
        {
            var reason = await HandleExceptionAsync(key, error, running);
            (outcome, result) = (new Outcome.Retry(null, Cap(key), (error as KubernetesException)?.RetryAfter) { Reason = reason },
                "error");
        }

        if (outcome is not Outcome.NotOurs) RecordResult(result, outcome.Reason);
        Schedule(key, outcome);

        void RecordResult(string result, string reason)
        {
            metrics.RecordReconcile(Kind, result, reason, time.GetElapsedTime(started));
            activity.End(result, reason);
        }
    }

    /// <returns>The reason that the run is counted under.</returns>
    private async Task<string> HandleExceptionAsync(NamespacedName key, Exception error, CancellationToken running)
    {
        var reason = await ReportFailureAsync(key, error, running);
        var level = failures.RecordFailure(key, $"{error.GetType()}: {error.Message}", LogLevel.Error, isLogged: reason.Length == 0);
        LogFailed(logger, level, error, key);
        return reason;
    }

    /// <summary>If this fails too, only the log reports the failure. The key is retried in any case.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it is logged, and the object is tried again")]
    private async Task<string> ReportFailureAsync(NamespacedName key, Exception error, CancellationToken running)
    {
        try
        {
            return await reconciler.ReportFailureAsync(key, error, running);
        }
        catch (Exception second)
        {
            LogFailureNotReported(logger, second, key);
            return "";
        }
    }

    private TimeSpan? Cap(NamespacedName key) => cache.TryGet(key) is { } entity ? settings.FailureBackoffCap?.Invoke(entity) : null;

    private void Schedule(NamespacedName key, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Done { RequeueAfter: var after }:
                backoff.Reset(key);
                if (failures.Clear(key)) LogRecovered(logger, key);
                if (after is { } pause) queue.Work.AddAfter(key, pause, DelayKind.Result);
                break;
            case Outcome.Retry { RequeueAfter: var after, Cap: var cap, NotBefore: var notBefore }:
                var growing = backoff.Next(key, cap); // counted even when it is not used: only success resets it
                queue.Work.AddAfter(key, after ?? (notBefore > growing ? notBefore.Value : growing), DelayKind.Retry);
                break;
            default:
                backoff.Reset(key);
                failures.Clear(key);
                queue.Work.Forget(key);
                break;
        }
    }

    [LoggerMessage(1311, LogLevel.Debug, "{Key} was written by somebody else meanwhile, and is retried: {Reason}")]
    private static partial void LogConflict(ILogger logger, NamespacedName key, string reason);

    [LoggerMessage(EventId = 1312, Message = "Reconcile of {Key} failed")]
    private static partial void LogFailed(ILogger logger, LogLevel level, Exception error, NamespacedName key);

    [LoggerMessage(1313, LogLevel.Warning, "That the reconcile of {Key} failed could not be written into its status; it is tried again")]
    private static partial void LogFailureNotReported(ILogger logger, Exception error, NamespacedName key);

    [LoggerMessage(1314, LogLevel.Information, "Reconcile of {Key} succeeds again")]
    private static partial void LogRecovered(ILogger logger, NamespacedName key);
}
