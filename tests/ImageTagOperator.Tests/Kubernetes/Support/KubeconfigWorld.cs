using ImageTagOperator.Kubernetes.Configuration;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>A server behind TLS, and a home folder with the kubeconfigs that lead to it.</summary>
public abstract class KubeconfigWorld : IAsyncLifetime
{
    internal KubeconfigFolder Home { get; } = new();

    internal TestAuthority Authority { get; } = new("cluster-ca");

    internal TestAuthority Clients { get; } = new("client-ca");

    internal TlsApi Api { get; private set; } = null!;

    /// <summary>What goes into certificate-authority-data.</summary>
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

    /// <summary>Asks as the file <c>config</c> says.</summary>
    /// <returns>The call as the server saw it.</returns>
    internal Task<TlsCall> AskAsync(string? context = null) => AskAsync(Home.Find(Home.PathOf("config"), context));

    internal async Task<TlsCall> AskAsync(KubernetesClientConfiguration configuration)
    {
        await Home.AskAsync(configuration);
        return Api.Calls.Last();
    }
}
