using ImageTagOperator.OpenStack.Images;

namespace ImageTagOperator.OpenStack.Answers;

/// <summary>The only table of what the answers of a cloud mean. Transient is only used for what ends without anyone's help. The first rule
/// of a step that applies counts.</summary>
public static class AnswerRules
{
    private static readonly Func<int, bool> NoAnswer = static _ => false;

    public static IReadOnlyList<AnswerRule> All { get; } =
    [
        new(CloudStep.Connect, "the connection is refused, breaks or gets no answer; the name cannot be looked up",
            CloudErrorKind.Transient, NoAnswer),
        new(CloudStep.Connect, "there is no such name", CloudErrorKind.AuthUrlWrong, NoAnswer),
        new(CloudStep.Connect, "the proxy refuses (4xx)", CloudErrorKind.Rejected, NoAnswer),
        new(CloudStep.Tls, "the certificate is of an unknown authority, has ended, or is for another name", CloudErrorKind.TlsUntrusted,
            NoAnswer),
        new(CloudStep.Tls, "`https` to a server without TLS, or `http` to a server that accepts only TLS", CloudErrorKind.AuthUrlWrong,
            NoAnswer),
        new(CloudStep.Login, "301, 302, 303, 307, 308", CloudErrorKind.Redirected, static status => status is >= 300 and < 400),
        new(CloudStep.Login, "400", CloudErrorKind.LoginIncomplete, static status => status == 400),
        new(CloudStep.Login, "401", CloudErrorKind.CredentialsRejected, static status => status == 401),
        new(CloudStep.Login, "403", CloudErrorKind.Forbidden, static status => status == 403),
        new(CloudStep.Login, "408, 409, 429", CloudErrorKind.Transient, static status => status is 408 or 409 or 429),
        new(CloudStep.Login, "404, 405, other 4xx", CloudErrorKind.AuthUrlWrong, static status => status is >= 400 and < 500),
        new(CloudStep.Login, "5xx; 2xx without a token", CloudErrorKind.Transient, static _ => true),
        new(CloudStep.Login, "2xx with an HTML page, and this address never gave a token", CloudErrorKind.AuthUrlWrong, NoAnswer),
        new(CloudStep.Login, "a token without a project", CloudErrorKind.CredentialsRejected, NoAnswer),
        new(CloudStep.Catalog, "no image service, no endpoint for region and interface, or several", CloudErrorKind.EndpointNotFound,
            NoAnswer),
        new(CloudStep.Read, "301, 302, 303, 307, 308", CloudErrorKind.Redirected, static status => status is >= 300 and < 400),
        new(CloudStep.Read, "401, 408, 409, 429, 5xx; an HTML page, and this address answered as an Image API before",
            CloudErrorKind.Transient,
            static status => status is 401 or 408 or 409 or 429 or >= 500),
        new(CloudStep.Read, "an HTML page, and this address never answered as an Image API; 404 to a list",
            CloudErrorKind.EndpointNotFound, NoAnswer),
        new(CloudStep.Read, "403", CloudErrorKind.Forbidden, static status => status == 403),
        new(CloudStep.Read, "400, 405, other 4xx; an answer that is too large", CloudErrorKind.Rejected, static _ => true),
    ];

    /// <summary>The rules for writes of tags.</summary>
    public static IReadOnlyList<WriteRule> Writes { get; } =
    [
        new("2xx", TagWriteResult.Done, static status => status is >= 200 and < 300),
        new("401, 429, 503, or no connection", TagWriteResult.NotSent, static status => status is 401 or 429 or 503),
        new("403", TagWriteResult.Forbidden, static status => status == 403),
        new("404", TagWriteResult.NotFound, static status => status == 404),
        new("408, 502, 504, or no answer", TagWriteResult.Uncertain, static status => status is 408 or 502 or 504),
        new("413", TagWriteResult.QuotaExceeded, static status => status == 413),
        new("400, other 4xx", TagWriteResult.Rejected, static status => status is >= 400 and < 500 and not 409),
        new("409, 500, anything else", TagWriteResult.ServerError, static _ => true),
    ];

    /// <summary>The result of a write with this status.</summary>
    public static TagWriteResult OfWrite(int status) => Writes.First(rule => rule.AppliesTo(status)).Result;

    /// <summary>The kind of error of a status at a step.</summary>
    public static CloudErrorKind Of(CloudStep step, int status) => All.First(rule => rule.Step == step && rule.AppliesTo(status)).Kind;
}
