using System.Net;
using System.Net.Sockets;

namespace ImageTagOperator.OpenStack.Addresses;

/// <summary>Connects to clouds at allowed addresses only. It connects to the address that it checked, so a DNS answer that changes in
/// between has no effect.</summary>
internal sealed class CloudDialer(AllowedClouds allowed)
{
    /// <summary>Resolves a host name.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = static (host, cancellationToken) =>
        Dns.GetHostAddressesAsync(host, cancellationToken);

    public Func<IPEndPoint, CancellationToken, Task<Stream>> Connect { get; init; } = ConnectSocketAsync;

    /// <param name="endpoint">The endpoint of the cloud, or of the proxy for it. A proxy is the administrator's choice and is not
    /// checked.</param>
    /// <param name="url">The URL of the request.</param>
    /// <exception cref="AddressNotAllowedException">None of the addresses is allowed.</exception>
    /// <exception cref="SocketException">The name cannot be resolved, or the connection failed.</exception>
    public async ValueTask<Stream> DialAsync(DnsEndPoint endpoint, Uri url, CancellationToken cancellationToken)
    {
        var addresses = await Resolve(endpoint.Host, cancellationToken);
        var isDirect = endpoint.Port == url.Port && string.Equals(endpoint.Host, url.IdnHost, StringComparison.OrdinalIgnoreCase);
        var possible = isDirect ? [.. addresses.Where(address => allowed.WhyRefused(endpoint.Host, address) is null)] : addresses;
        if (possible.Length == 0)
        {
            throw addresses is [var first, ..] ? new AddressNotAllowedException(allowed.WhyRefused(endpoint.Host, first)!)
                : new SocketException((int)SocketError.HostNotFound);
        }

        SocketException? failure = null;
        foreach (var address in possible)
        {
            try
            {
                return await Connect(new IPEndPoint(address, endpoint.Port), cancellationToken);
            }
            catch (SocketException e)
            {
                failure = e;
            }
        }

        throw failure!;
    }

    /// <summary>Checks a URL before it is sent to a proxy. The proxy resolves names itself, so the check is limited to what is known
    /// here.</summary>
    /// <exception cref="AddressNotAllowedException">An address is not allowed, or only the proxy knows the name.</exception>
    public async Task CheckProxiedAsync(Uri url, CancellationToken cancellationToken)
    {
        var host = url.IdnHost;
        var isAddress = IPAddress.TryParse(host.Trim('[', ']'), out var literal);
        if (!isAddress && allowed.AllowsName(host)) return;
        try
        {
            var addresses = isAddress ? [literal!] : await Resolve(host, cancellationToken);
            if (addresses.Select(address => allowed.WhyRefused(host, address)).OfType<string>()
                .FirstOrDefault() is { } why) throw new AddressNotAllowedException(why);
        }
        catch (SocketException) when (!allowed.HasAllowList)
        {
            // Only the proxy knows the name.
        }
        catch (SocketException)
        {
            throw new AddressNotAllowedException($"{host} is only known to the proxy, so that its name has to be in --allowed-clouds");
        }
    }

    private static async Task<Stream> ConnectSocketAsync(IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endpoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
