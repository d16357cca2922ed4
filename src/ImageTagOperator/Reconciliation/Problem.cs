using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Reconciliation;

/// <summary>Something that keeps a set from being as declared.</summary>
/// <param name="Message">A sentence for people that names the object, the cause and the remedy.</param>
/// <param name="RetryAfter">How long the cloud asked us to wait, or how long a running write is given; null for the usual growing pause.</param>
public sealed record Problem(Reason Reason, string Message, TimeSpan? RetryAfter = null)
{
    public static Problem From(CloudException e) => new(
        e.Kind switch
        {
            CloudErrorKind.Transient => Reason.Transient,
            CloudErrorKind.CredentialsRejected => Reason.CredentialsRejected,
            CloudErrorKind.EndpointNotFound => Reason.EndpointNotFound,
            CloudErrorKind.Forbidden => Reason.Forbidden,
            _ => Reason.Transient,      // a 4xx for a plain read is a proxy's or a version's fault, not the declaration's
        },
        e.Message,
        e.RetryAfter);

    public ProblemException ToException() => new(this);
}

/// <summary>Ends a reconcile with a problem of the whole set.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Message)
{
    public Problem Problem => problem;
}
