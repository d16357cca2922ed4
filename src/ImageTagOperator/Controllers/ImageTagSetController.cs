using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Telemetry;

namespace ImageTagOperator.Controllers;

/// <summary>Reconciles ImageTagSets for the runtime and reports the result: Events, status, metrics, and when to requeue.</summary>
public sealed class ImageTagSetController(
    SetReconciler reconciler, KubernetesStatusStore store, StatusWriter status, ImageReadings readings, RepeatedLooks looks,
        Announcer announcer, TagMetrics metrics, RequeuePolicy requeue, OperatorPod pod, TimeProvider time)
    : IEntityController<V1Alpha1ImageTagSet>
{
    public async Task<ReconciliationResult<V1Alpha1ImageTagSet>?> TryRepeatAsync(
        V1Alpha1ImageTagSet cached, CancellationToken cancellationToken) =>
        await looks.IsRepeatedAsync(cached, cancellationToken) ? Requeue(cached, worst: null) : null;

    public async Task<ReconciliationResult<V1Alpha1ImageTagSet>> ReconcileAsync(
        V1Alpha1ImageTagSet entity, CancellationToken cancellationToken)
    {
        store.RestoreDropped(entity);
        var (before, version) = (entity.Status, entity.Metadata.ResourceVersion);
        var result = await reconciler.ReconcileAsync(entity, onlyPlan: false, cancellationToken);
        await announcer.ReportChangesAsync(entity, before, result, cancellationToken);
        await status.SaveAsync(entity, StatusBuilder.After(entity, result, time.GetUtcNow(), pod.Namespace), cancellationToken);
        await announcer.ReportReadyAsync(entity, before, result, cancellationToken);
        readings.RecordResult(entity, result);
        looks.Record(entity, version, result);
        metrics.RecordReconcile(entity, before, result);
        return Requeue(entity, result.Worst);
    }

    public Task<ReconciliationResult<V1Alpha1ImageTagSet>> DeletedAsync(V1Alpha1ImageTagSet entity, CancellationToken cancellationToken)
    {
        readings.Forget(entity);
        return Task.FromResult(ReconciliationResult<V1Alpha1ImageTagSet>.Success(entity));
    }

    /// <summary>Reports what ended a reconcile. Nothing is reported while the API server does not answer: the retry will report
    /// it.</summary>
    public async Task<string> FailedAsync(V1Alpha1ImageTagSet entity, Exception error, CancellationToken cancellationToken)
    {
        if (ReconcileFailure.ProblemOf(error) is not { } problem) return "";
        if (problem.Reason == Reason.InternalError) metrics.RecordInternalError(error);
        store.RestoreDropped(entity);
        var (before, result) = (entity.Status, SetResult.Failed(problem));
        await status.SaveAsync(entity, StatusBuilder.After(entity, result, time.GetUtcNow(), pod.Namespace), cancellationToken);
        await announcer.ReportReadyAsync(entity, before, result, cancellationToken);
        return problem.Reason.Name;
    }

    private ReconciliationResult<V1Alpha1ImageTagSet> Requeue(V1Alpha1ImageTagSet set, Problem? worst)
    {
        var interval = RequeuePolicy.Interval(set.Spec.Interval);
        var result = worst is { Reason.Kind: ProblemKind.Retrying }
            ? ReconciliationResult<V1Alpha1ImageTagSet>.Failure(set, worst.Message, requeueAfter: requeue.RetryAfter(interval, worst))
            : ReconciliationResult<V1Alpha1ImageTagSet>.Success(set, set.Spec.Suspend ? null : requeue.Next(interval, worst));
        return result with { Reason = set.Status.Situation().Situation.Reason };
    }
}
