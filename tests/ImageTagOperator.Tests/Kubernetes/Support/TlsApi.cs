using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>One call, with the data of its TLS connection.</summary>
/// <param name="ServerName">The server name in the handshake (SNI).</param>
/// <param name="Client">The name in the client's certificate.</param>
internal sealed record TlsCall(
    string? ServerName, string Host, string? Token, string? Client, string Path, string Protocol, IHeaderDictionary Headers);

/// <summary>An API server with TLS that has every widget, and records the identity of each caller.</summary>
internal sealed class TlsApi : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly X509Certificate2? clients;

    private TlsApi(X509Certificate2 certificate, X509Certificate2? clients)
    {
        this.clients = clients;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificateSelector = (connection, name) =>
            {
                connection!.Items[nameof(TlsCall.ServerName)] = name;
                return certificate;
            };
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = (client, chain, _) => IsTrusted(client, chain!);
        })));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    /// <summary>Whether a caller is authenticated; the others get 401.</summary>
    public Func<TlsCall, bool> Admits { get; set; } = _ => true;

    /// <summary>Responses whose headers are sent at once and whose body is sent when the task completes.</summary>
    public Func<TlsCall, Task?>? Hold { get; set; }

    public ConcurrentQueue<TlsCall> Calls { get; } = new();

    public int Port => new Uri(app.Urls.First()).Port;

    public string Url => $"https://127.0.0.1:{Port}";

    /// <param name="clients">The authority of the users' certificates.</param>
    public static async Task<TlsApi> StartAsync(X509Certificate2 certificate, X509Certificate2? clients = null)
    {
        var api = new TlsApi(certificate, clients);
        await api.app.StartAsync();
        return api;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    // The received chain contains the certificates that the client sent.
    private bool IsTrusted(X509Certificate2 client, X509Chain sent)
    {
        if (clients is null) return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.Add(clients);
        chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(client);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        var client = http.Connection.ClientCertificate?.GetNameInfo(X509NameType.SimpleName, false);
        var token = http.Request.Headers.Authorization.ToString();
        var call = new TlsCall(
            http.Features.GetRequiredFeature<IConnectionItemsFeature>().Items[nameof(TlsCall.ServerName)] as string is { Length: > 0 } name
                ? name : null,
            http.Request.Host.Value ?? "",
            token.StartsWith("Bearer ", StringComparison.Ordinal) ? token["Bearer ".Length..] : null,
            client,
            http.Request.Path,
            http.Request.Protocol,
            new HeaderDictionary(
                http.Request.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase)));
        Calls.Enqueue(call);
        http.Response.ContentType = "application/json";
        if (!Admits(call))
        {
            http.Response.StatusCode = 401;
            await http.Response.WriteAsync("""{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Unauthorized","code":401}""");
            return;
        }

        if (Hold?.Invoke(call) is { } released)
        {
            await http.Response.StartAsync();
            await released;
        }

        var names = call.Path.Split('/');
        await http.Response.WriteAsync(
            $$"""{"apiVersion":"test.example.com/v1","kind":"Widget","metadata":{"name":"{{names[^1]}}","namespace":"{{names[^3]}}"},"spec":{"choice":{} } }""");
    }
}
