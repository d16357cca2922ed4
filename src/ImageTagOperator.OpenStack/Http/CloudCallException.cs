using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using ImageTagOperator.OpenStack.Addresses;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>A request to a cloud got no complete answer.</summary>
internal sealed class CloudCallException(string message, bool wasSent, Exception? inner = null, TimeSpan? retryAfter = null)
    : Exception(message, inner)
{
    /// <summary>False when no connection was made, so that the cloud cannot have processed the request.</summary>
    public bool WasSent => wasSent;

    /// <summary>How long nothing more is sent to this server, or null.</summary>
    public TimeSpan? RetryAfter => retryAfter;

    /// <summary>The kind of error, which says who must act.</summary>
    public CloudErrorKind Kind { get; init; } = CloudErrorKind.Transient;

    public static CloudCallException NotSent(string message, TimeSpan retryAfter) => new(message, wasSent: false, retryAfter: retryAfter);

    /// <summary>The cause may be on our side (configuration or a limit) instead of the server, so the failure says nothing about the
    /// server.</summary>
    public bool IsLocalCause { get; init; }

    /// <summary>Whether this is one of the ways in which connections fail. Anything else is a bug and must not look like an outage of the
    /// cloud.</summary>
    public static bool IsConnectionFailure(Exception error) =>
        Chain(error).Any(e =>
            e is HttpRequestException or IOException or SocketException or AuthenticationException or OperationCanceledException
            or AddressNotAllowedException);

    public static CloudCallException For(string call, TimeSpan? deadline, Exception e)
    {
        var chain = Chain(e).ToArray();
        var errors = chain.OfType<HttpRequestException>().Select(http => http.HttpRequestError)
            .Concat(chain.OfType<HttpIOException>().Select(io => io.HttpRequestError))
            .ToHashSet();
        var (kind, cause) = Why(chain, errors, deadline);
        var refused = kind is CloudErrorKind.AddressNotAllowed;
        var connecting = refused
            || errors.Overlaps(
                [HttpRequestError.ConnectionError, HttpRequestError.NameResolutionError, HttpRequestError.SecureConnectionError]);
        return new CloudCallException($"{call}: {cause}", wasSent: !connecting, e)
        {
            Kind = kind,
            IsLocalCause = refused || chain.OfType<AuthenticationException>().Any()
                || errors.Overlaps(
                    [HttpRequestError.NameResolutionError, HttpRequestError.SecureConnectionError, HttpRequestError.InvalidResponse]),
        };
    }

    private static (CloudErrorKind Kind, string Cause) Why(Exception[] chain, HashSet<HttpRequestError> errors, TimeSpan? deadline)
    {
        if (chain.OfType<AddressNotAllowedException>().FirstOrDefault() is { } refused) return (CloudErrorKind.AddressNotAllowed,
            refused.Message);
        if (chain.OfType<AuthenticationException>().FirstOrDefault() is { } tls) return (KindOf(tls.Message), TlsError(tls.Message));
        if (deadline is { } limit) return (CloudErrorKind.Transient, $"no answer within {limit.TotalSeconds:0} s");
        var socket = chain.OfType<SocketException>().FirstOrDefault();
        // A resolver that does not know yet answers TryAgain instead.
        if (socket is { SocketErrorCode: SocketError.HostNotFound }) return (
            CloudErrorKind.AuthUrlWrong, "the name of the server is not known. Correct it, or the DNS");
        if (errors.Contains(HttpRequestError.ProxyTunnelError)) return TunnelError(chain.OfType<HttpRequestException>().First().StatusCode);
        return (errors.Contains(HttpRequestError.InvalidResponse) ? CloudErrorKind.AuthUrlWrong : CloudErrorKind.Transient, socket?.Message
            ?? Cause(errors));
    }

    private static (CloudErrorKind Kind, string Cause) TunnelError(HttpStatusCode? status)
    {
        var kind = status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError and not HttpStatusCode.TooManyRequests
            ? CloudErrorKind.Rejected : CloudErrorKind.Transient;
        return (kind,
            $"the proxy answers {(int?)status} and makes no connection. "
                + "Correct HTTPS_PROXY of the operator, or list the server in NO_PROXY");
    }

    /// <summary>.NET reports this only in text, not in codes.</summary>
    private static CloudErrorKind KindOf(string tlsError) =>
        tlsError.Contains("remote certificate", StringComparison.OrdinalIgnoreCase) ? CloudErrorKind.TlsUntrusted
        : tlsError.Contains("frame", StringComparison.OrdinalIgnoreCase) ? CloudErrorKind.AuthUrlWrong
        : CloudErrorKind.Transient;

    private static string TlsError(string tlsError) => KindOf(tlsError) switch
    {
        CloudErrorKind.TlsUntrusted =>
            "the server's certificate is of no authority that is trusted here, has expired, or is for another name. If the cloud has a CA "
            + "of its own, give it as 'cacert'.",
        CloudErrorKind.AuthUrlWrong => "the server does not speak TLS. Use http:// or the port for https.",
        _ => "no TLS connection could be made; check the scheme, http or https, and the port",
    };

    /// <summary>Does not use the message of the exception, because it quotes what the other side sent.</summary>
    private static string Cause(HashSet<HttpRequestError> errors) => errors switch
    {
        _ when errors.Contains(HttpRequestError.InvalidResponse) =>
            "what answers there does not speak HTTP as it should; check the scheme, http or https, and the port",
        _ when errors.Contains(HttpRequestError.ConfigurationLimitExceeded) => "the head of the answer is too large",
        _ when errors.Contains(HttpRequestError.SecureConnectionError) =>
            "no TLS connection could be made; check the scheme, http or https, and the port",
        _ when errors.Contains(HttpRequestError.ResponseEnded) => "the connection was closed before the whole answer was there",
        _ => "the connection failed",
    };

    private static IEnumerable<Exception> Chain(Exception? e)
    {
        for (; e is not null; e = e.InnerException) yield return e;
    }
}
