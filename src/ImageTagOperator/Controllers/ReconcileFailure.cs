using System.Net;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Controllers;

/// <summary>Converts an exception of a reconcile to a problem.</summary>
public static class ReconcileFailure
{
    /// <summary>Null when the retry is enough.</summary>
    public static Problem? ProblemOf(Exception error) => error switch
    {
        KubernetesException e when e.IsConflict || e.IsNotFound || e.IsNamespaceTerminating => null,
        KubernetesException
        {
            StatusCode: HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError
        } => null,
        KubernetesException e => new(
            Reason.KubernetesRefuses,
            $"The Kubernetes API refuses what the operator has to do to {Steps.Of(error)}: {e.Message.TrimEnd('.')}. "
            + "Give the operator's service account that permission, or correct the admission webhook that refuses it."),
        HttpRequestException or TimeoutException => null,
        ReconcileTimeoutException => new(
            Reason.Transient,
            $"The operator began to {Steps.Of(error.InnerException!)} and did not end in time. It is tried again. "
            + "The cloud may be slow, or its limits (--cloud-rate, --cloud-concurrency) too tight."),
        _ => Problems.Unforeseen(error),
    };
}
