using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Kubernetes;
using k8s.Models;

namespace ImageTagOperator.IntegrationTests.Runtime;

/// <summary>A namespace for one test, a client that creates widgets in it, and operators for it.</summary>
internal sealed class WidgetNamespace : IDisposable
{
    private readonly OwnKubernetes server;
    private readonly KubernetesClient client;

    private WidgetNamespace(OwnKubernetes server)
    {
        this.server = server;
        client = new(
            KubernetesClientConfiguration.Build(server.Kubeconfig),
                JsonTypeInfoResolver.Combine(WidgetJsonContext.Default, ScenarioJson.All), "hand/1");
    }

    public string Name { get; } = $"t-{Guid.NewGuid():N}"[..14];

    public IKubernetesClient Client => client;

    public static async Task<WidgetNamespace> CreateAsync(OwnKubernetes server)
    {
        var made = new WidgetNamespace(server);
        await made.Client.CreateAsync(new V1Namespace { Metadata = new() { Name = made.Name } });
        return made;
    }

    public Task<Widget> CreateAsync(string name) => Client.CreateAsync(
        new Widget { Metadata = new() { Name = name, NamespaceProperty = Name }, Spec = { Size = 1, Choice = new() { Name = "a" } } });

    public Task<Widget> ResizeAsync(string name, int size) =>
        PatchAsync(name, new JsonObject { ["spec"] = new JsonObject { ["size"] = size } });

    public Task<Widget> PatchAsync(string name, JsonObject patch) => Client.PatchAsync<Widget>(new(Name, name), patch);

    public async Task<Widget> GetAsync(string name) => (await Client.GetAsync<Widget>(name, Name))!;

    public Task DeleteAsync(string name) => Client.DeleteAsync<Widget>(new(Name, name));

    public Task<ServiceAccount> AccountAsync(string name, string? boundTo = null) =>
        ServiceAccount.CreateAsync(server.Kubeconfig, Name, name, boundTo);

    /// <summary>Starts an operator for this namespace and waits until its cache has synced.</summary>
    /// <param name="address">The address of the API server for the operator, when it is not the direct one.</param>
    public async Task<TestOperator> StartAsync(
        WidgetWorld? world = null, string? kubeconfig = null, Uri? address = null, Action<OperatorSettings>? configure = null)
    {
        var found = KubernetesClientConfiguration.Build(kubeconfig ?? server.Kubeconfig);
        var configuration = new KubernetesClientConfiguration
        {
            Server = address ?? found.Server,
            Namespace = Name,
            CertificateAuthority = found.CertificateAuthority,
            Credentials = found.Credentials,
        };
        // short pauses
        var started = await TestOperator.StartAsync(configuration, world, time: null, Configure, finalizer: false, random: 0.3);
        await Tests.Kubernetes.Eventually.TrueAsync(() => started.State.IsReady, "the operator is ready");
        return started;

        void Configure(OperatorSettings settings)
        {
            settings.Namespaces = [Name];
            configure?.Invoke(settings);
        }
    }

    public void Dispose() => client.Dispose();
}
