using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>Responds to a GET with an empty list and keeps the connection open. Reads any other request and closes the connection cleanly
/// without a response, as a server does whose worker has crashed.</summary>
internal sealed class ClosingServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<string> requests = new();
    private readonly Task serving;

    public ClosingServer()
    {
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address => new($"http://{listener.LocalEndpoint}/");

    /// <summary>The methods of the requests, in order.</summary>
    public IReadOnlyList<string> Requests => [.. requests];

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await serving;
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stopping.Token);
                using var reader = new StreamReader(client.GetStream());
                await using var writer = new StreamWriter(client.GetStream());
                while (await ReadRequestAsync(reader) == "GET")
                {
                    await writer.WriteAsync(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\n\r\n{\"images\": []} ".AsMemory(),
                        stopping.Token);
                    await writer.FlushAsync(stopping.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The server was stopped.
        }
    }

    /// <summary>Reads a request without a body; returns its method, or null at the end of the connection.</summary>
    private async Task<string?> ReadRequestAsync(StreamReader reader)
    {
        var method = (await reader.ReadLineAsync(stopping.Token))?.Split(' ')[0];
        while (await reader.ReadLineAsync(stopping.Token) is { Length: > 0 })
        {
        }

        if (method is not null) requests.Enqueue(method);
        return method;
    }
}
