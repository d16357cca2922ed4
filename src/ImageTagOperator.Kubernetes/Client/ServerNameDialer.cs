using System.Net.Security;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>Connects with a different name in the TLS handshake (<c>tls-server-name</c>). The name is sent as SNI and must be in the
/// certificate; the Host header stays that of the server, as in client-go.</summary>
internal sealed class ServerNameDialer(string name, HttpProxy? proxy, Func<SslClientAuthenticationOptions> tls)
{
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        var stream = proxy is null ? await Dialer.ConnectAsync(target, cancellationToken)
            : await proxy.TunnelAsync(target, cancellationToken);
        var secured = new SslStream(stream);
        try
        {
            var options = tls();
            options.TargetHost = name;
            options.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
            await secured.AuthenticateAsClientAsync(options, cancellationToken);
            return secured;
        }
        catch
        {
            await secured.DisposeAsync();
            throw;
        }
    }
}
