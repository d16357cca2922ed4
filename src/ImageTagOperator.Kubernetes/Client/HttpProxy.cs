using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Text;
using ImageTagOperator.Kubernetes.Configuration;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>A proxy that tunnels with CONNECT (RFC 9110, 9.3.6), for connections with our own TLS.</summary>
internal sealed class HttpProxy(Uri address, NetworkCredential? login)
{
    private const int MaxHeadersLength = 16 * 1024;

    /// <summary>Creates the proxy for SocketsHttpHandler, which does not read a login from the URL but includes the URL in its
    /// errors.</summary>
    public static WebProxy At(Uri url) => new(WithoutLogin(url)) { Credentials = Login(url) };

    /// <summary>The proxy of a configuration or of the environment; null when there is none.</summary>
    /// <exception cref="KubernetesConfigurationException">The proxy is not an HTTP proxy.</exception>
    public static HttpProxy? For(KubernetesClientConfiguration configuration)
    {
        if (configuration.Proxy is { } own) return new(WithoutLogin(RequireHttp(own)), Login(own));
        var system = HttpClient.DefaultProxy;
        return system.IsBypassed(configuration.Server) || system.GetProxy(configuration.Server) is not { } url
            ? null
            : new(WithoutLogin(RequireHttp(url)), Login(url) ?? system.Credentials?.GetCredential(url, "Basic"));
    }

    /// <exception cref="HttpRequestException">The proxy refused the tunnel.</exception>
    public async Task<Stream> TunnelAsync(DnsEndPoint target, CancellationToken cancellationToken)
    {
        var stream = await Dialer.ConnectAsync(new DnsEndPoint(address.IdnHost, address.Port), cancellationToken);
        try
        {
            if (address.Scheme == Uri.UriSchemeHttps)
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions { TargetHost = address.IdnHost }, cancellationToken);
            }

            await stream.WriteAsync(Encoding.UTF8.GetBytes(Request(target)), cancellationToken);
            await stream.FlushAsync(cancellationToken);
            var status = (await HeadAsync(stream, cancellationToken)).Split('\r')[0].Split(' ');
            if (status is [_, ['2', ..], ..]) return stream;
            throw new HttpRequestException(
                $"The proxy {address} refused a tunnel to {target.Host}:{target.Port}: {(status.Length > 1 ? status[1] : "no HTTP")}");
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    private static Uri RequireHttp(Uri url) => url.Scheme is "http" or "https"
        ? url
        : throw new KubernetesConfigurationException(
            $"tls-server-name does not go together with a {url.Scheme} proxy: use an http or https proxy, or none.");

    private static Uri WithoutLogin(Uri url) => new UriBuilder(url) { UserName = "", Password = "" }.Uri;

    private static NetworkCredential? Login(Uri url)
    {
        if (url.UserInfo.Length == 0) return null;
        var parts = url.UserInfo.Split(':', 2);
        return new(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
    }

    private string Request(DnsEndPoint target)
    {
        var host = target.Host.Contains(':', StringComparison.Ordinal) && target.Host[0] != '[' ? $"[{target.Host}]" : target.Host;
        var at = string.Create(CultureInfo.InvariantCulture, $"{host}:{target.Port}");
        var authorization = login is null
            ? ""
            : $"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{login.UserName}:{login.Password}"))}\r\n";
        return $"CONNECT {at} HTTP/1.1\r\nHost: {at}\r\n{authorization}\r\n";
    }

    // Reads byte by byte, because the bytes after the headers belong to the tunnel.
    private static async Task<string> HeadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (head.Length < MaxHeadersLength && await stream.ReadAsync(one, cancellationToken) > 0)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n") break;
        }

        return head.ToString();
    }
}
