using ImageTagOperator.Kubernetes.Crds;
using ImageTagOperator.Kubernetes.Json;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Runtime;

/// <summary>An etcd and kube-apiserver with the definition of widgets. The tests of one collection may kill and compact them.</summary>
public sealed class OwnKubernetes : IAsyncLifetime
{
    public const string Collection = "a Kubernetes of its own";

    private readonly PrivateKubernetes servers = new();
    private readonly Lazy<Task> start;

    public OwnKubernetes() => start = new(UpAsync);

    public string Kubeconfig => servers.Kubeconfig;

    internal ServerLog Audit => new(Path.Combine(servers.Folder, "log", "audit.log"));

    public ValueTask InitializeAsync() => default;

    /// <summary>An administrator's client and a new namespace. The first call starts the servers.</summary>
    internal async Task<WidgetNamespace> NamespaceAsync()
    {
        _ = RealServers.Kubeconfig; // skips or fails the test without real servers
        await start.Value;
        return await WidgetNamespace.CreateAsync(this);
    }

    public Task CompactAsync() => servers.RunAsync("compact");

    /// <summary>Sends SIGKILL to kube-apiserver.</summary>
    public Task KillAsync() => servers.RunAsync("kill", "kube-apiserver");

    public Task RestartAsync() => servers.RunAsync("start", "kube-apiserver");

    /// <summary>The address of etcd.</summary>
    public async Task<Uri> EtcdAsync() =>
        new($"http://127.0.0.1:{(await File.ReadAllTextAsync(Path.Combine(servers.Folder, "run", "etcd.port"))).Trim()}");

    public Task<string> KubectlAsync(string? input, params string[] arguments) =>
        Shell.RunAsync("kubectl", ["--kubeconfig", Kubeconfig, .. arguments], input);

    public async ValueTask DisposeAsync()
    {
        if (start.IsValueCreated) await servers.DisposeAsync();
    }

    private async Task UpAsync()
    {
        await servers.RunAsync("up");
        var definition = CustomResourceDefinition.Generate<Widget>(KubernetesJson.Options(WidgetJsonContext.Default));
        await KubectlAsync(definition.ToJsonString(), "apply", "-f", "-");
        await KubectlAsync(null, "wait", "--for=condition=Established", "crd/widgets.test.example.com", "--timeout=30s");
    }
}

[CollectionDefinition(OwnKubernetes.Collection)]
public sealed class OwnKubernetesDefinition : ICollectionFixture<OwnKubernetes>;
