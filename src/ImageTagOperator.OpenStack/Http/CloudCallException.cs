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

    public static CloudCallException NotSent(string message, TimeSpan retryAfter) => new(message, wasSent: false, retryAfter: retryAfter);

    public static CloudCallException For(string call, TimeSpan? deadline, Exception e)
    {
        var chain = Chain(e).ToArray();
        var socket = chain.OfType<SocketException>().FirstOrDefault();
        var connecting = chain.OfType<HttpRequestException>()
            .Any(h => h.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError);
        var tls = chain.OfType<AuthenticationException>().Any();
        var cause = tls
            ? $"{chain[^1].Message} If the cloud has a CA of its own, give it as 'cacert'."
            : deadline is { } limit ? $"no answer within {limit.TotalSeconds:0} s" : socket?.Message ?? chain[^1].Message;
        return new CloudCallException($"{call}: {cause}", wasSent: !connecting, e);
    }

    private static IEnumerable<Exception> Chain(Exception? e)
    {
        for (; e is not null; e = e.InnerException) yield return e;
    }
}
