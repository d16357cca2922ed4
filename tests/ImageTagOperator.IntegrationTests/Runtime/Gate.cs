using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ImageTagOperator.IntegrationTests.Runtime;

/// <summary>Stands before a server. While it is shut, connections are cut and new ones get no answer, as when a network is down.</summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentDictionary<Task, bool> connections = new();
    private readonly Uri server;
    private readonly Task accepting;
    private CancellationTokenSource cut = new();
    private TaskCompletionSource open = new();

    public Gate(Uri server)
    {
        this.server = server;
        open.SetResult();
        listener.Start();
        accepting = AcceptAsync();
    }

    public Uri Address => new UriBuilder(server) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri;

    public async Task ShutAsync()
    {
        open = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await cut.CancelAsync();
        cut.Dispose();
        cut = new();
    }

    public void Open() => open.SetResult();

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

    private async Task AcceptAsync()
    {
        try
        {
            while (true) connections.TryAdd(ServeAsync(await listener.AcceptTcpClientAsync(stopping.Token)), true);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
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
                await await Task.WhenAny(near.GetStream().CopyToAsync(far.GetStream(), end), far.GetStream().CopyToAsync(near.GetStream(), end));
            }
            catch (Exception error) when (error is OperationCanceledException or IOException or SocketException)
            {
                // One of the two hung up, or the gate was shut.
            }
        }
    }
}
