using System.Diagnostics.CodeAnalysis;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>The result of a reconcile, and when to requeue the object.</summary>
public sealed record ReconciliationResult<TEntity>
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    private ReconciliationResult(TEntity entity) => Entity = entity;

    public TEntity Entity { get; }

    public bool IsSuccess { get; private init; }

    public string? ErrorMessage { get; private init; }

    public Exception? Error { get; private init; }

    public TimeSpan? RequeueAfter { get; private init; }

    /// <summary>The reason for metrics and traces: a value from a bounded set, or empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Success. Without <paramref name="requeueAfter"/> the object is not reconciled until its spec changes; also return this for
    /// an error that only an edit of the spec can fix.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The type argument is what makes the result fit its controller")]
    public static ReconciliationResult<TEntity> Success(TEntity entity, TimeSpan? requeueAfter = null) =>
        new(entity) { IsSuccess = true, RequeueAfter = requeueAfter };

    /// <summary>Failure. The object is retried after <paramref name="requeueAfter"/>, or with exponential backoff when that is
    /// null.</summary>
    [SuppressMessage("Design", "CA1000", Justification = "The type argument is what makes the result fit its controller")]
    public static ReconciliationResult<TEntity> Failure(
        TEntity entity, string errorMessage, Exception? error = null, TimeSpan? requeueAfter = null) =>
        new(entity) { ErrorMessage = errorMessage, Error = error, RequeueAfter = requeueAfter };
}
