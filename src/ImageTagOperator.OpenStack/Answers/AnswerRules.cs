namespace ImageTagOperator.OpenStack;

/// <summary>The one table of what the answers of a cloud mean. Transient is only what heals without anybody's help. Of the rules of a step the
/// first one that fits counts.</summary>
public static class AnswerRules
{
    private static readonly Func<int, bool> NoAnswer = static _ => false;

    public static IReadOnlyList<AnswerRule> All { get; } =
    [
        new(CloudStep.Connect, "the name is not known, the connection is refused, breaks or gets no answer", CloudErrorKind.Transient, NoAnswer),
        new(CloudStep.Tls, "the certificate is of an unknown authority, has ended, or is for another name", CloudErrorKind.TlsUntrusted, NoAnswer),
        new(CloudStep.Tls, "the server does not speak TLS", CloudErrorKind.AuthUrlWrong, NoAnswer),
        new(CloudStep.Login, "301, 302, 303, 307, 308", CloudErrorKind.Redirected, static status => status is >= 300 and < 400),
        new(CloudStep.Login, "400", CloudErrorKind.LoginIncomplete, static status => status == 400),
        new(CloudStep.Login, "401", CloudErrorKind.CredentialsRejected, static status => status == 401),
        new(CloudStep.Login, "403", CloudErrorKind.Forbidden, static status => status == 403),
        new(CloudStep.Login, "408, 409, 429", CloudErrorKind.Transient, static status => status is 408 or 409 or 429),
        new(CloudStep.Login, "404, 405, other 4xx", CloudErrorKind.AuthUrlWrong, static status => status is >= 400 and < 500),
        new(CloudStep.Login, "5xx, or no token", CloudErrorKind.Transient, static _ => true),
        new(CloudStep.Read, "301, 302, 303, 307, 308", CloudErrorKind.Redirected, static status => status is >= 300 and < 400),
        new(CloudStep.Read, "401, 408, 409, 429, 5xx", CloudErrorKind.Transient, static status => status is 401 or 408 or 409 or 429 or >= 500),
        new(CloudStep.Read, "403", CloudErrorKind.Forbidden, static status => status == 403),
        new(CloudStep.Read, "400, 405, other 4xx", CloudErrorKind.Rejected, static _ => true),
    ];

    /// <summary>What a status means at a step.</summary>
    public static CloudErrorKind Of(CloudStep step, int status) => All.First(rule => rule.Step == step && rule.Fits(status)).Kind;
}
