using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary>The embedded servers, new for each scenario.</summary>
public sealed class SandboxWorld : World, IWorldFactory
{
    private static readonly string Definition = CrdCommand.Yaml(withRules: false);

    private SandboxWorld(SandboxKubernetes kubernetes, SandboxCloud cloud) => (Cluster, Cloud) = (kubernetes, cloud);

    public SandboxKubernetes Cluster { get; }

    public SandboxCloud Cloud { get; }

    public static async Task<World> CreateAsync() => await CreateAsync(CloudFlavor.OpenStack);

    public static async Task<SandboxWorld> CreateAsync(CloudFlavor flavor)
    {
        var kubernetes = await SandboxKubernetes.StartAsync();
        var cloud = await SandboxCloud.StartAsync();
        cloud.Flavor = flavor;
        kubernetes.Apply(KubernetesYaml.LoadAll(Definition)[0].AsObject());
        var kubeconfig = Path.Combine(Path.GetTempPath(), $"kubeconfig-{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(kubeconfig, kubernetes.Kubeconfig);
        var world = new SandboxWorld(kubernetes, cloud)
        {
            Kubeconfig = kubeconfig,
            CloudsYaml = cloud.CloudsYaml,
            Kubernetes = new KubernetesClient(KubernetesClientConfiguration.Build(kubeconfig), ScenarioJson.All, "scenario/1"),
            Glance = await GlanceClient.LoginAsync(cloud.CloudsYaml, "demo"),
        };
        await world.CreateNamespaceAsync();
        return world;
    }

    public override Task EndNamespaceAsync()
    {
        Cluster.EndNamespace(Namespace);
        return Task.CompletedTask;
    }

    public override Task<IReadOnlyList<string>> CloudCallsAsync(string imageId) => Task.FromResult<IReadOnlyList<string>>(
        [.. Cloud.Calls.All
            .Where(call => call.UserAgent != GlanceClient.UserAgent && !IsOfWholeCloud(call.Target)
                && call.Target.Contains(imageId, StringComparison.OrdinalIgnoreCase))
            .Select(call => $"{call.Method} {call.Target} {call.Status}")]);

    public override Task<IReadOnlyList<string>> OperatorWritesAsync() => Task.FromResult<IReadOnlyList<string>>(
        [.. Cluster.Calls.Writes
            .Where(call => call.UserAgent?.StartsWith("image-tag-operator/", StringComparison.Ordinal) == true
                && call.Path.Contains($"/namespaces/{Namespace}/", StringComparison.Ordinal))
            .Select(call => $"{Verb(call)} {call.Path.Split($"/namespaces/{Namespace}/")[1]}")]);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Glance.Dispose();
        await Cluster.DisposeAsync();
        await Cloud.DisposeAsync();
        File.Delete(Kubeconfig);
    }

    private static string Verb(Call call) => call.Method switch
    {
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        _ => "delete",
    };
}
