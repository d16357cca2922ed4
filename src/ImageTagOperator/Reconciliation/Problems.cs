using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>Converts exceptions and write results to problems.</summary>
public static class Problems
{
    public static Problem Of(CloudException e) => new(ReasonOf(e.Kind), e.Message.TrimEnd('.') + ".", e.RetryAfter);

    /// <summary>The problem of an unexpected exception. Its message goes only to the log, because it can contain anything and can differ
    /// each time.</summary>
    public static Problem Unforeseen(Exception error) => new(
        Reason.InternalError,
        $"The operator failed to {Steps.Of(error)}, with {error.GetBaseException().GetType().Name}: a bug of image-tag-operator. "
        + "The images may not have the declared tags. It is tried again. Please report this message together with the operator's log, "
            + "which has the details under this set's name.");

    /// <summary>The reason of a failed write.</summary>
    public static Reason ReasonOf(TagWriteResult result) => result switch
    {
        TagWriteResult.Forbidden => Reason.Forbidden,
        TagWriteResult.QuotaExceeded => Reason.TagQuotaExceeded,
        TagWriteResult.Rejected => Reason.TagRejected,
        _ => Reason.Transient,
    };

    private static Reason ReasonOf(CloudErrorKind kind) => kind switch
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
    };
}
