using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ImageTagOperator.IntegrationTests.Runtime;

/// <summary>A proxy in front of a server. While it is shut, connections are closed and new ones get no response, as in a network outage.
/// While it is stopped they are refused, as when the server has exited.</summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Task, bool> connections = new();
    private readonly Uri server;
    private TcpListener listener = new(IPAddress.Loopback, 0);
    private Task accepting;
    private CancellationTokenSource cut = new();
    private TaskCompletionSource open = new();

    public Gate(Uri server)
    {
        this.server = server;
        open.SetResult();
        listener.Start();
        Address = new UriBuilder(server) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri;
        accepting = AcceptAsync();
    }

    public Uri Address { get; }

    public async Task ShutAsync()
    {
        open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await CutAsync();
    }

    public void Open() => open.SetResult();

    /// <summary>Closes connections and refuses new ones.</summary>
    public async Task StopAsync()
    {
        listener.Stop();
        await accepting;
        await CutAsync();
    }

    /// <summary>Accepts connections again, on the same port.</summary>
    public void Start()
    {
        listener = new(IPAddress.Loopback, Address.Port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await cut.CancelAsync();
        open.TrySetResult();
        await accepting;
        await Task.WhenAll(connections.Keys);
        listener.Dispose();
        cut.Dispose();
        stopping.Dispose();
    }

    private async Task CutAsync()
    {
        await cut.CancelAsync();
        cut.Dispose();
        cut = new();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) connections.TryAdd(ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token)), true);
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // Disposed or stopped.
        }
    }

    private async Task ServeAsync(TcpClient near)
    {
        using var far = new TcpClient();
        using (near)
        {
            try
            {
                await open.Task;
                var end = cut.Token;
                await far.ConnectAsync(server.Host, server.Port, end);
                await await Task.WhenAny(
                    near.GetStream().CopyToAsync(far.GetStream(), end), far.GetStream().CopyToAsync(near.GetStream(), end));
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
            {
                // One side closed the connection, or the gate was shut.
            }
        }
    }
}
