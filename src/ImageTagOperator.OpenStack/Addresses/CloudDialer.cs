using System.Net;
using System.Net.Sockets;

namespace ImageTagOperator.OpenStack.Addresses;

/// <summary>Connects to clouds, to no address that they may not be at. The address that is looked at is the one that is connected to: a
/// name that means another one a moment later changes nothing.</summary>
internal sealed class CloudDialer(AllowedClouds allowed)
{
    /// <summary>Looks up a name.</summary>
    public Func<string, CancellationToken, Task<IPAddress[]>> Resolve { get; init; } = static (host, cancellationToken) =>
        Dns.GetHostAddressesAsync(host, cancellationToken);

    public Func<IPEndPoint, CancellationToken, Task<Stream>> Connect { get; init; } = ConnectSocketAsync;

    /// <param name="endpoint">Of the cloud, or of the proxy for it, which is the administrator's choice.</param>
    /// <param name="url">Of the request.</param>
    /// <exception cref="AddressNotAllowedException"/>
    /// <exception cref="SocketException">The name is not known, or nobody answers there.</exception>
    public async ValueTask<Stream> DialAsync(DnsEndPoint endpoint, Uri url, CancellationToken cancellationToken)
    {
        var addresses = await Resolve(endpoint.Host, cancellationToken);
        var isDirect = endpoint.Port == url.Port && string.Equals(endpoint.Host, url.IdnHost, StringComparison.OrdinalIgnoreCase);
        var possible = isDirect ? [.. addresses.Where(address => allowed.WhyNot(endpoint.Host, address) is null)] : addresses;
        if (possible.Length == 0)
        {
            throw addresses is [var first, ..] ? new AddressNotAllowedException(allowed.WhyNot(endpoint.Host, first)!)
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

    /// <summary>A proxy looks names up by itself, so that only what can be known here is checked.</summary>
    /// <exception cref="AddressNotAllowedException"/>
    public async Task CheckProxiedAsync(Uri url, CancellationToken cancellationToken)
    {
        var host = url.IdnHost;
        var isAddress = IPAddress.TryParse(host.Trim('[', ']'), out var literal);
        if (!isAddress && allowed.AllowsName(host)) return;
        try
        {
            var addresses = isAddress ? [literal!] : await Resolve(host, cancellationToken);
            if (addresses.Select(address => allowed.WhyNot(host, address)).OfType<string>()
                .FirstOrDefault() is { } why) throw new AddressNotAllowedException(why);
        }
        catch (SocketException) when (!allowed.IsLimited)
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
