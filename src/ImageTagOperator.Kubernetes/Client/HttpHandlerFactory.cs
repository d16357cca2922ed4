using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace ImageTagOperator.Kubernetes;

/// <summary>Makes the HTTP handler of a configuration: TLS, proxy, and the keep-alives that find a dead connection.</summary>
internal static class HttpHandlerFactory
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public static SocketsHttpHandler Create(KubernetesClientConfiguration configuration)
    {
        var credentials = configuration.Credentials;
        var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.GZip,
            AllowAutoRedirect = false, // a token must not follow a redirect to another host
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // a moved API server, a new client certificate
            EnableMultipleHttp2Connections = true,
            // A half-open HTTP/2 connection under a watch is found in 30 s; HTTP/1.1 has the TCP keep-alive below.
            KeepAlivePingDelay = KeepAlive,
            KeepAlivePingTimeout = KeepAlive,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = ChainPolicy(configuration.CertificateAuthority),
                LocalCertificateSelectionCallback = (_, _, _, _, _) => credentials.Current.Certificate!,
            },
        };
#pragma warning disable CA5359 // The kubeconfig asked for it with insecure-skip-tls-verify
        if (configuration.SkipTlsVerify) handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        if (configuration.Proxy is { } proxy) handler.Proxy = new WebProxy(proxy);
        return handler;
    }

    private static X509ChainPolicy? ChainPolicy(X509Certificate2Collection? authority)
    {
        if (authority is null) return null;
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authority);
        return policy;
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)KeepAlive.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, (int)KeepAlive.TotalSeconds);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
