using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Tests.Kubernetes;
using k8s;
using k8s.Exceptions;
using Xunit;

namespace ImageTagOperator.Tests.Tripwires;

/// <summary>Kubeconfigs and the resulting requests.</summary>
public sealed class KubeconfigTripwires : IDisposable
{
    private readonly KubeconfigFolder home = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Tripwire("A user with a `tokenFile` is refused", "Configuration/Kubeconfig.cs", "Configuration/KubeconfigResolver.cs")]
    public void A_token_file_in_a_kubeconfig_is_refused()
    {
        var token = home.Write("token", "t");
        Tripwire.AssertGap(Record.Exception(() => Configuration($"tokenFile: '{token}'")) is KubeConfigException);
    }

    [Fact]
    [Tripwire("A user without credentials is refused", "Configuration/Kubeconfig.cs", "Configuration/KubeconfigResolver.cs")]
    public void A_user_without_credentials_is_refused() =>
        Tripwire.AssertGap(Record.Exception(() => Configuration("")) is KubeConfigException);

    [Fact]
    [Tripwire("`proxy-url` is ignored", "Client/HttpProxy.cs", "Client/HttpHandlerFactory.cs")]
    public async Task A_proxy_url_is_ignored()
    {
        await using var server = await SandboxKubernetes.StartAsync();
        // No server listens there: the request only arrives when it takes another route.
        using var client = new k8s.Kubernetes(Configuration("token: t", server.Url, "proxy-url: 'http://127.0.0.1:1'"));
        var error = await Record.ExceptionAsync(() => client.CoordinationV1.ListNamespacedLeaseAsync("default", cancellationToken: Cancel));
        Tripwire.AssertGap(error is null, error?.Message);
    }

    [Fact]
    [Tripwire("`as` is ignored: the request is made as somebody else than was said", "Configuration/Impersonate.cs")]
    public async Task Impersonation_is_ignored()
    {
        var handler = new PackageHandler(
            _ => PackageHandler.Json("""{"kind":"LeaseList","apiVersion":"coordination.k8s.io/v1","metadata":{},"items":[]}"""));
        using var client = new k8s.Kubernetes(Configuration("token: t, as: somebody"), handler);
        await client.CoordinationV1.ListNamespacedLeaseAsync("default", cancellationToken: Cancel);
        Tripwire.AssertGap(!handler.Requests.Single().Headers.Contains("Impersonate-User"));
    }

    [Fact]
    [Tripwire("Arguments of an exec plugin are split at blanks", "Configuration/ExecPlugin.cs", "Configuration/ExecCredentials.cs")]
    public void The_arguments_of_an_exec_plugin_are_split()
    {
        var plugin = Plugin();
        Configuration(
            $"exec: {{apiVersion: client.authentication.k8s.io/v1, command: '{plugin}', args: ['my profile', two], interactiveMode: Never}}");
        Tripwire.AssertGap(
            File.ReadAllText(home.PathOf("arguments")).Trim() == "3: my|profile|two", File.ReadAllText(home.PathOf("arguments")).Trim());
    }

    [Fact]
    [Tripwire("An exec plugin is told of an `ExecCredentials`, a kind that there is not", "Configuration/ExecCredentials.cs")]
    public void An_exec_plugin_gets_a_kind_that_does_not_exist()
    {
        var plugin = Plugin();
        Configuration($"exec: {{apiVersion: client.authentication.k8s.io/v1, command: '{plugin}', interactiveMode: Never}}");
        var info = File.ReadAllText(home.PathOf("info"));
        Assert.Contains("ExecCredential", info, StringComparison.Ordinal);
        Tripwire.AssertGap(info.Contains("\"ExecCredentials\"", StringComparison.Ordinal), info);
    }

    [Fact]
    [Tripwire("`tls-server-name` changes the Host header too", "Client/ServerNameDialer.cs")]
    public async Task The_tls_server_name_changes_the_Host_header()
    {
        var handler = new PackageHandler(
            _ => PackageHandler.Json("""{"kind":"LeaseList","apiVersion":"coordination.k8s.io/v1","metadata":{},"items":[]}"""));
        using var client = new k8s.Kubernetes(Configuration("token: t", cluster: "tls-server-name: api.example"), handler);
        await client.CoordinationV1.ListNamespacedLeaseAsync("default", cancellationToken: Cancel);
        Tripwire.AssertGap(handler.Requests.Single().Headers.Host == "api.example", $"Host '{handler.Requests.Single().Headers.Host}'");
    }

    public void Dispose() => home.Dispose();

    private KubernetesClientConfiguration Configuration(string user, string server = "https://127.0.0.1:1", string cluster = "") =>
        KubernetesClientConfiguration.BuildConfigFromConfigFile(home.One(server, cluster, user));

    /// <summary>A plugin that records its call.</summary>
    private string Plugin() => home.Script(
        "plugin",
        """
        (IFS='|'; echo "$#: $*") >arguments
        printf %s "$KUBERNETES_EXEC_INFO" >info
        echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t"}}'
        """);
}
