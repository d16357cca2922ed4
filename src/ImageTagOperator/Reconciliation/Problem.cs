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
            CloudErrorKind.LoginIncomplete => Reason.InvalidCloudsYaml,
            CloudErrorKind.AuthUrlWrong => Reason.AuthUrlWrong,
            CloudErrorKind.Redirected => Reason.Redirected,
            CloudErrorKind.TlsUntrusted => Reason.TlsUntrusted,
            CloudErrorKind.AccessRulesForbid => Reason.AccessRulesForbid,
            CloudErrorKind.AddressNotAllowed => Reason.CloudNotAllowed,
            CloudErrorKind.EndpointNotFound => Reason.EndpointNotFound,
            CloudErrorKind.Forbidden => Reason.Forbidden,
            _ => Reason.CloudRejects,
        },
        e.Message,
        e.RetryAfter);

    /// <summary>Of what nobody foresaw. Its own message is for the log only: it may hold anything, and be another one each time.</summary>
    public static Problem Unforeseen(Exception error) => new(
        Reason.InternalError,
        $"The operator failed to {Steps.Of(error)}, with {error.GetBaseException().GetType().Name}: a bug of image-tag-operator. The images may not have the declared tags. "
        + "It is tried again. Please report this message together with the operator's log, which has the details under this set's name.");

    public ProblemException ToException() => new(this);
}

/// <summary>Ends a reconcile with a problem of the whole set.</summary>
public sealed class ProblemException(Problem problem) : Exception(problem.Message)
{
    public Problem Problem => problem;
}
