using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>From an exception to the problem that it is.</summary>
public static class Problems
{
    public static Problem Of(CloudException e) => new(ReasonOf(e.Kind), e.Message.TrimEnd('.') + ".", e.RetryAfter);

    /// <summary>Of what nobody foresaw. Its own message is for the log only: it may hold anything, and be another one each time.</summary>
    public static Problem Unforeseen(Exception error) => new(
        Reason.InternalError,
        $"The operator failed to {Steps.Of(error)}, with {error.GetBaseException().GetType().Name}: a bug of image-tag-operator. "
        + "The images may not have the declared tags. It is tried again. Please report this message together with the operator's log, "
            + "which has the details under this set's name.");

    /// <summary>Of a write that did not do its work.</summary>
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
