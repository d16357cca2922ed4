using System.Net.Sockets;
using System.Security.Authentication;

namespace ImageTagOperator.OpenStack;

/// <summary>A request to a cloud got no whole answer.</summary>
internal sealed class CloudCallException(string message, bool wasSent, Exception? inner = null, TimeSpan? retryAfter = null) : Exception(message, inner)
{
    /// <summary>False when the connection was never made, so that the cloud cannot have begun to work.</summary>
    public bool WasSent => wasSent;

    /// <summary>How long nothing more is sent to this server, or null.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>Who has to do something about it.</summary>
    public CloudErrorKind Kind { get; private init; } = CloudErrorKind.Transient;

    public static CloudCallException NotSent(string message, TimeSpan retryAfter) => new(message, wasSent: false, retryAfter: retryAfter);

    /// <summary>Connections break in these ways. Anything else is a bug, and must not look like a cloud that is away.</summary>
    public static bool IsNoAnswer(Exception error) =>
        Chain(error).Any(e => e is HttpRequestException or IOException or SocketException or AuthenticationException or OperationCanceledException);

    public static CloudCallException For(string call, TimeSpan? deadline, Exception e)
    {
        var chain = Chain(e).ToArray();
        var socket = chain.OfType<SocketException>().FirstOrDefault();
        var connecting = chain.OfType<HttpRequestException>()
            .Any(h => h.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
        var tls = chain.OfType<AuthenticationException>().FirstOrDefault();
        var cause = tls is not null
            ? WhyNotSecure(tls.Message)
            : deadline is { } limit ? $"no answer within {limit.TotalSeconds:0} s" : socket?.Message ?? chain[^1].Message;
        return new CloudCallException($"{call}: {cause}", wasSent: !connecting, e) { Kind = tls is null ? CloudErrorKind.Transient : KindOf(tls.Message) };
    }

    /// <summary>.NET has words for this, and no codes.</summary>
    private static CloudErrorKind KindOf(string tlsError) =>
        tlsError.Contains("remote certificate", StringComparison.OrdinalIgnoreCase) ? CloudErrorKind.TlsUntrusted
        : tlsError.Contains("frame", StringComparison.OrdinalIgnoreCase) ? CloudErrorKind.AuthUrlWrong
        : CloudErrorKind.Transient;

    private static string WhyNotSecure(string tlsError) => KindOf(tlsError) switch
    {
        CloudErrorKind.TlsUntrusted => "the server's certificate is of no authority that is trusted here, has ended, or is for another name. If the cloud has a CA of its own, give it as 'cacert'.",
        CloudErrorKind.AuthUrlWrong => "what answers there does not speak TLS. Use http:// or the port for https.",
        _ => tlsError,
    };

    private static IEnumerable<Exception> Chain(Exception? e)
    {
        for (; e is not null; e = e.InnerException) yield return e;
    }
}
