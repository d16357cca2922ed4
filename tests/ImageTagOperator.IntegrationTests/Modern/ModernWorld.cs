using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Scenarios;
using k8s.Models;

namespace ImageTagOperator.IntegrationTests.Modern;

/// <summary>The current API server, with the definition that has CEL rules, and a current Keystone and Glance: those of Debian sid.
/// Secrets, Leases and Events are on the API server of <see cref="RealWorld"/>.</summary>
public sealed class ModernWorld : World, IWorldFactory
{
    private static readonly Lazy<Task> Definition = new(ApplyDefinitionAsync);

    private readonly ServerLog glanceLog;
    private readonly Split split;

    private ModernWorld(Split split, ServerLog glanceLog) => (this.split, this.glanceLog) = (split, glanceLog);

    /// <summary>For the current server only.</summary>
    public static string ServerKubeconfig => RealServers.Needed("ITO_MODERN_KUBECONFIG");

    public static Task<World> CreateAsync() => CreateAsync("SID");

    /// <param name="release">Of Debian: whose Keystone and Glance.</param>
    internal static async Task<World> CreateAsync(string release)
    {
        var cloud = RealServers.Needed($"ITO_CLOUD_{release}");
        var cloudsYaml = await File.ReadAllTextAsync(Path.Combine(cloud, "clouds.yaml"));
        await Definition.Value;
        var split = await Split.StartAsync(ServerKubeconfig, RealServers.Kubeconfig);
        var world = new ModernWorld(split, new ServerLog(Path.Combine(cloud, "log", "glance-api.log")))
        {
            Kubeconfig = split.Kubeconfig,
            CloudsYaml = cloudsYaml,
            Kubernetes = new KubernetesClient(KubernetesClientConfiguration.Build(split.Kubeconfig), ScenarioJson.All, "scenario/1"),
            Glance = await GlanceClient.LoginAsync(cloudsYaml, "demo"),
        };
        await world.CreateNamespaceAsync();
        return world;
    }

    /// <summary>Without a namespace controller the objects in it are not deleted.</summary>
    public override Task EndNamespaceAsync() => Kubernetes.DeleteAsync<V1Namespace>(new NamespacedName(null, Namespace));

    public override async Task<IReadOnlyList<string>> CloudCallsAsync(string imageId) =>
        [.. (await glanceLog.LinesAsync())
            .Select(GlanceEntry.Parse)
            .OfType<GlanceEntry>()
            .Where(entry => entry.Sender + "-" != GlanceClient.RequestIdPrefix)
            .Where(entry => entry.Call.Contains(imageId, StringComparison.OrdinalIgnoreCase) && !IsOfWholeCloud(entry.Call))
            .Select(entry => $"{entry.Call} {entry.Status}")];

    public override Task<IReadOnlyList<string>> OperatorWritesAsync() => Task.FromResult<IReadOnlyList<string>>(
        [.. split.OperatorWrites
            .Select(write => write.Split($"/namespaces/{Namespace}/"))
            .Where(parts => parts.Length == 2)
            .Select(parts => $"{Verb(parts[0])} {parts[1]}")]);

    /// <summary>kubectl as a user of this cluster.</summary>
    public Task<string> KubectlAsync(string? input, params string[] arguments) =>
        Shell.RunAsync("kubectl", ["--kubeconfig", ServerKubeconfig, "-n", Namespace, .. arguments], input);

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await KubectlAsync(null, "delete", "its", "--all", "--wait=false");
        foreach (var name in (await KubectlAsync(null, "get", "its", "-o", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            await KubectlAsync(null, "patch", name, "--type=merge", "-p", """{"metadata":{"finalizers":null}}""");
        }

        foreach (var name in new[] { Namespace, OtherNamespace })
        {
            if (await Kubernetes.GetAsync<V1Namespace>(name) is not null) await Kubernetes.DeleteAsync<V1Namespace>(
                new NamespacedName(null, name));
        }

        await Glance.DeleteCreatedAsync();
        Glance.Dispose();
        await split.DisposeAsync();
    }

    private static string Verb(string call) => call.Split(' ')[0] switch
    {
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        _ => "delete",
    };

    private static async Task ApplyDefinitionAsync()
    {
        await Shell.RunAsync(
            "kubectl", ["--kubeconfig", ServerKubeconfig, "apply", "-f", Path.Combine(RealServers.Root, "config", "crds")]);
        await Eventually.HoldsAsync(
            () => Shell.TryAsync("kubectl", ["--kubeconfig", ServerKubeconfig, "get", "its", "-A"]),
            got => got.Code == 0,
            "the definition of ImageTagSet to be served",
            got => got.Output);
    }
}
