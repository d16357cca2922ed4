using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Scenarios;
using k8s.Models;

namespace ImageTagOperator.IntegrationTests;

/// <summary>The real kube-apiserver, Keystone and Glance, with a new namespace for each scenario. The requests are read from the servers'
/// own logs.</summary>
public sealed class RealWorld : World, IWorldFactory
{
    private readonly ServerLog glanceLog = new(RealServers.GlanceLog);
    private readonly ServerLog auditLog = new(RealServers.AuditLog);

    public static async Task<World> CreateAsync()
    {
        await RealServers.DefinedAsync();
        var world = new RealWorld
        {
            Kubeconfig = RealServers.Kubeconfig,
            CloudsYaml = RealServers.CloudsYaml,
            Kubernetes = new KubernetesClient(KubernetesClientConfiguration.Build(RealServers.Kubeconfig), ScenarioJson.All, "scenario/1"),
            Glance = await GlanceClient.LoginAsync(RealServers.CloudsYaml, "demo"),
        };
        await world.CreateNamespaceAsync();
        return world;
    }

    public override int Many => 200;

    /// <summary>Without a namespace controller the objects in it are not deleted.</summary>
    public override Task EndNamespaceAsync() => Kubernetes.DeleteAsync<V1Namespace>(new NamespacedName(null, Namespace));

    public override async Task<IReadOnlyList<string>> CloudCallsAsync(string imageId) =>
        [.. (await GlanceAsync())
            .Where(entry => entry.Call.Contains(imageId, StringComparison.OrdinalIgnoreCase) && !IsOfWholeCloud(entry.Call))
            .Select(entry => $"{entry.Call} {entry.Status}")];

    public override async Task<IReadOnlyList<string>> OperatorWritesAsync() =>
        [.. (await AuditAsync())
            .Where(entry => entry.IsWrite && entry.UserAgent.StartsWith("image-tag-operator/", StringComparison.Ordinal))
            .Select(entry => $"{entry.Verb} {entry.Object}")];

    /// <summary>All requests that Glance completed since the start of this world, except the world's own.</summary>
    internal async Task<IReadOnlyList<GlanceEntry>> GlanceAsync() =>
        [.. (await glanceLog.LinesAsync())
            .Select(GlanceEntry.Parse)
            .OfType<GlanceEntry>()
            .Where(entry => entry.Sender + "-" != GlanceClient.RequestIdPrefix)];

    /// <summary>All requests about <see cref="World.Namespace"/> that the API server completed since the start of this world.</summary>
    internal async Task<IReadOnlyList<AuditEntry>> AuditAsync() =>
        [.. (await auditLog.LinesAsync()).Select(AuditEntry.Parse).Where(entry => entry.Namespace == Namespace)];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        // This API server has no controllers, and the operator of this namespace has stopped: nothing else deletes them.
        foreach (var set in (await Kubernetes.ListAsync<V1Alpha1ImageTagSet>(null)).Items.Where(set =>
            set.Metadata.NamespaceProperty == Namespace || set.Metadata.NamespaceProperty == OtherNamespace))
        {
            await Kubernetes.DeleteAsync<V1Alpha1ImageTagSet>(set.Key());
            var unfinished = new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } };
            if (await Kubernetes.GetAsync<V1Alpha1ImageTagSet>(set.Metadata.Name!,
                set.Metadata.NamespaceProperty) is not null) await Kubernetes.PatchAsync<V1Alpha1ImageTagSet>(set.Key(), unfinished);
        }

        foreach (var name in new[] { Namespace, OtherNamespace })
        {
            if (await Kubernetes.GetAsync<V1Namespace>(name) is not null) await Kubernetes.DeleteAsync<V1Namespace>(
                new NamespacedName(null, name));
        }

        await Glance.DeleteCreatedAsync();
        Glance.Dispose();
    }
}
