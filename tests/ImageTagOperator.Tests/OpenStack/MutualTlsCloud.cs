using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Tests.OpenStack;

/// <summary>Keystone and Glance with TLS, for clients with a certificate of its authority.</summary>
internal sealed class MutualTlsCloud : IAsyncDisposable
{
    /// <summary>An image that does not exist: a client with a valid certificate gets 404.</summary>
    public const string NoImage = "00000000-0000-4000-8000-000000000000";

    private readonly WebApplication app;
    private readonly ConcurrentQueue<string> seen = new();

    private MutualTlsCloud()
    {
        var (certificate, key) = Authority.Issue("server");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = X509Certificate2.CreateFromPem(certificate, key);
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (client, chain, _) => IsOurs(client, chain);
        })));
        app = builder.Build();
        app.Run(AnswerAsync);
    }

    public TestCertificates Authority { get; } = new();

    public string Url => app.Urls.First();

    /// <summary>The subject of the client certificate of each request.</summary>
    public IReadOnlyList<string> Seen => [.. seen];

    public string CloudsYaml => $"clouds: {{demo: {{auth: {{auth_url: '{Url}', user_id: u, password: x, project_id: p}}}}}}";

    public static async Task<MutualTlsCloud> StartAsync()
    {
        var cloud = new MutualTlsCloud();
        await cloud.app.StartAsync();
        return cloud;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private bool IsOurs(X509Certificate2 client, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.ImportFromPem(Authority.Pem);
        if (sent is not null) chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        return chain.Build(client);
    }

    private async Task AnswerAsync(HttpContext http)
    {
        seen.Enqueue(http.Connection.ClientCertificate!.Subject);
        http.Response.ContentType = "application/json";
        if (http.Request.Path.Value!.EndsWith("/auth/tokens", StringComparison.Ordinal))
        {
            http.Response.StatusCode = 201;
            http.Response.Headers["X-Subject-Token"] = "t";
            await http.Response.WriteAsync($$$"""
                {"token": {"expires_at": "2999-01-01T00:00:00.000000Z", "project": {"id": "p"},
                 "catalog": [{"type": "image", "endpoints": [{"interface": "public", "url": "{{{Url}}}", "region": "R", "region_id": "R"}]}]}}
                """);
        }
        else
        {
            http.Response.StatusCode = 404;
            await http.Response.WriteAsync("""{"message": "none"}""");
        }
    }
}
