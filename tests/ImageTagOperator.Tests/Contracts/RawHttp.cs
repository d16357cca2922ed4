using System.Net.Sockets;
using System.Text;

namespace ImageTagOperator.Contracts;

/// <summary>Sends a request over its own socket: the path is sent unchanged, with dots and percent signs.</summary>
public static class RawHttp
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <returns>With status 0 when the server closed the connection without a response.</returns>
    /// <param name="server">Only scheme, host and port are used.</param>
    /// <param name="target">Path and query, in ASCII.</param>
    public static async Task<RawAnswer> SendAsync(
        Uri server, string method, string target, IReadOnlyDictionary<string, string>? headers = null, string? body = null)
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, deadline.Token);
        var content = Encoding.UTF8.GetBytes(body ?? "");
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n");
        foreach (var (name, value) in headers ?? new Dictionary<string, string>()) head.Append($"{name}: {value}\r\n");
        if (body is not null || method is "PUT" or "POST" or "PATCH") head.Append($"Content-Length: {content.Length}\r\n");
        var stream = client.GetStream();
        await stream.WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. content], deadline.Token);
        using var bytes = new MemoryStream();
        try
        {
            await stream.CopyToAsync(bytes, deadline.Token);
        }
        catch (IOException) when (bytes.Length == 0)
        {
            // reset by the server
        }

        return bytes.Length == 0 ? new RawAnswer(0, new Dictionary<string, string>(), "") : Parse(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static RawAnswer Parse(string text)
    {
        var parts = text.Split("\r\n\r\n", 2);
        var lines = parts[0].Split("\r\n");
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines[1..]) headers[line.Split(':', 2)[0]] = line.Split(':', 2)[1].Trim();
        return new RawAnswer(int.Parse(lines[0].Split(' ')[1], null), headers, parts[1]);
    }
}
