using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>An HTTP proxy that only supports CONNECT.</summary>
internal sealed class ConnectProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly string? login;
    private readonly Task run;

    /// <param name="login">As <c>name:password</c>; null: no authentication.</param>
    public ConnectProxy(string? login = null)
    {
        this.login = login;
        listener.Start();
        run = AcceptAsync();
    }

    /// <summary>The targets of the tunnels.</summary>
    public ConcurrentQueue<string> Targets { get; } = new();

    /// <summary>Connects every tunnel to this local port, whatever the target; 0: to the target.</summary>
    public int LeadsTo { get; init; }

    public string Address => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await run;
        stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var tunnels = new List<Task>();
        try
        {
            while (true) tunnels.Add(ServeAsync(await listener.AcceptTcpClientAsync(stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(tunnels);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var near = client.GetStream();
                while (await HeadAsync(near) is { Length: > 0 } head)
                {
                    var target = head.Split(' ')[1];
                    if (login is not null
                        && !head.Contains("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(login)), StringComparison.Ordinal))
                    {
                        await near.WriteAsync(
                            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), stop.Token);
                        continue;
                    }

                    Targets.Enqueue(target);
                    using var server = new TcpClient();
                    if (LeadsTo > 0) await server.ConnectAsync(IPAddress.Loopback, LeadsTo, stop.Token);
                    else await server.ConnectAsync(target.Split(':')[0], int.Parse(target.Split(':')[1], null), stop.Token);
                    await near.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), stop.Token);
                    var far = server.GetStream();
                    await Task.WhenAny(near.CopyToAsync(far, stop.Token), far.CopyToAsync(near, stop.Token));
                    return;
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // One side closed the connection, or the test has ended.
            }
        }
    }

    private async Task<string> HeadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, stop.Token) == 0) return "";
            head.Append((char)one[0]);
        }

        return head.ToString();
    }
}
