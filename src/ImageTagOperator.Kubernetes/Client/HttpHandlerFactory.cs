using System.Net;
using System.Net.Security;
using ImageTagOperator.Kubernetes.Configuration;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>Creates the HTTP handler of a configuration: TLS, proxy, and keep-alives that detect a dead connection.</summary>
internal static class HttpHandlerFactory
{
    public static HttpMessageHandler Create(KubernetesClientConfiguration configuration) =>
        new CertificateHandler(configuration.Credentials, certificate => Create(configuration, certificate));

    private static SocketsHttpHandler Create(KubernetesClientConfiguration configuration, ClientCertificate? certificate)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,   // otherwise each request gets its own span and header
            AutomaticDecompression = configuration.DisableCompression ? DecompressionMethods.None : DecompressionMethods.GZip,
            AllowAutoRedirect = false, // a token must not follow a redirect to another host
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), // in case the API server moves
            EnableMultipleHttp2Connections = true,
            // A half-open HTTP/2 connection below a watch is detected in 30 s; HTTP/1.1 has the TCP keep-alive of the dialer.
            KeepAlivePingDelay = Dialer.KeepAlive,
            KeepAlivePingTimeout = Dialer.KeepAlive,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            ConnectCallback = static async (context, cancellationToken) =>
                await Dialer.ConnectAsync(context.DnsEndPoint, cancellationToken),
            SslOptions = Tls(configuration, certificate),
        };
        if (configuration.Proxy is { } proxy) handler.Proxy = HttpProxy.At(proxy);
        if (configuration.TlsServerName is { } name && configuration.Server.Scheme == Uri.UriSchemeHttps)
        {
            // SocketsHttpHandler takes the TLS name from the Host header and has no other way to set it.
            var dialer = new ServerNameDialer(name, HttpProxy.For(configuration), () => Tls(configuration, certificate));
            handler.ConnectCallback = dialer.ConnectAsync;
            handler.UseProxy = false;
        }

        return handler;
    }

    private static SslClientAuthenticationOptions Tls(KubernetesClientConfiguration configuration, ClientCertificate? certificate)
    {
        var options = new SslClientAuthenticationOptions();
        if (certificate is not null) options.ClientCertificateContext = SslStreamCertificateContext.Create(
            certificate.Leaf, certificate.Others, offline: true);
#pragma warning disable CA5359 // the kubeconfig has insecure-skip-tls-verify
        if (configuration.SkipTlsVerify) options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        else if (configuration.CertificateAuthority is { } authority) ServerTrust.Require(authority, options);
        return options;
    }
}
