using System.Diagnostics.CodeAnalysis;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>How a reconcile ended, and when to come back.</summary>
public sealed record ReconciliationResult<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private ReconciliationResult(TEntity entity) => Entity = entity;

    public TEntity Entity { get; }

    public bool IsSuccess { get; private init; }

    public string? ErrorMessage { get; private init; }

    public Exception? Error { get; private init; }

    public TimeSpan? RequeueAfter { get; private init; }

    /// <summary>Why it ended so, for metrics and traces: one of a few words that are known beforehand, or none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Done. Without <paramref name="requeueAfter"/> the object is left alone until its spec changes: the right answer also to an
    /// error that only a change of the spec can cure.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The type argument is what makes the result fit its controller")]
    public static ReconciliationResult<TEntity> Success(TEntity entity, TimeSpan? requeueAfter = null) =>
        new(entity) { IsSuccess = true, RequeueAfter = requeueAfter };

    /// <summary>To be tried again: after <paramref name="requeueAfter"/>, or with a growing pause when that is null.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The type argument is what makes the result fit its controller")]
    public static ReconciliationResult<TEntity> Failure(
        TEntity entity, string errorMessage, Exception? error = null, TimeSpan? requeueAfter = null) =>
        new(entity) { ErrorMessage = errorMessage, Error = error, RequeueAfter = requeueAfter };
}
