using ImageTagOperator.Kubernetes.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>A server with TLS, and a home folder with kubeconfigs for it.</summary>
public abstract class KubeconfigWorld : IAsyncLifetime
{
    internal KubeconfigFolder Home { get; } = new();

    internal TestAuthority Authority { get; } = new("cluster-ca");

    internal TestAuthority Clients { get; } = new("client-ca");

    internal TlsApi Api { get; private set; } = null!;

    /// <summary>The value for certificate-authority-data.</summary>
    protected string Ca => KubeconfigFolder.Base64(Authority.Pem);

    public async ValueTask InitializeAsync() =>
        Api = await TlsApi.StartAsync(Authority.IssueServer("127.0.0.1", "localhost", "api.example"), Clients.Certificate);

    public async ValueTask DisposeAsync()
    {
        await Api.DisposeAsync();
        Home.Dispose();
        Authority.Dispose();
        Clients.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Sends a request with the file <c>config</c>.</summary>
    /// <returns>The call as the server received it.</returns>
    internal Task<TlsCall> AskAsync(string? context = null) => AskAsync(Home.Find(Home.PathOf("config"), context));

    internal async Task<TlsCall> AskAsync(KubernetesClientConfiguration configuration)
    {
        await Home.AskAsync(configuration);
        return Api.Calls.Last();
    }
}
