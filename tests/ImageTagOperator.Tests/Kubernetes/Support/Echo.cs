using System.Net;
using System.Net.Sockets;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>A connection of the process to itself. The round trip of a byte takes as long as a request to a server on this machine right
/// now.</summary>
internal sealed class Echo : IDisposable
{
    private readonly Socket near;
    private readonly Socket far;

    private Echo(Socket near, Socket far) => (this.near, this.far) = (near, far);

    public static async Task<Echo> OpenAsync(CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var accepted = listener.AcceptAsync(cancellationToken);
        await near.ConnectAsync(listener.LocalEndPoint!, cancellationToken);
        var far = await accepted;
        far.NoDelay = true;
        return new Echo(near, far);
    }

    public async Task ThereAndBackAsync(CancellationToken cancellationToken)
    {
        await PassAsync(near, far, cancellationToken);
        await PassAsync(far, near, cancellationToken);
    }

    public void Dispose()
    {
        near.Dispose();
        far.Dispose();
    }

    // The receiver waits before anything is sent, so it is woken like a server.
    private static async Task PassAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        var received = to.ReceiveAsync(new byte[1], cancellationToken);
        await from.SendAsync(new byte[1], cancellationToken);
        await received;
    }
}
