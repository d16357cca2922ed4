using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests;

/// <summary>The real kube-apiserver, Keystone and Glance; a namespace of one's own for each scenario. What was sent is read from the servers'
/// own logs.</summary>
public sealed partial class RealWorld : World, IWorldFactory
{
    private readonly long glanceLogStart = new FileInfo(RealServers.GlanceLog).Length;
    private readonly long auditLogStart = new FileInfo(RealServers.AuditLog).Length;

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

    public override async Task<IReadOnlyList<string>> CloudCallsAsync(string imageId) =>
        [.. (await ReadAsync(RealServers.GlanceLog, glanceLogStart))
            .Where(line => line.Contains(imageId, StringComparison.OrdinalIgnoreCase) && !line.Contains(GlanceClient.RequestIdPrefix, StringComparison.Ordinal))
            .Select(line => GlanceRequest().Match(line))
            .Where(match => match.Success)
            .Select(match => $"{match.Groups["call"].Value} {match.Groups["status"].Value}")];

    public override async Task<IReadOnlyList<string>> OperatorWritesAsync() =>
        [.. (await ReadAsync(RealServers.AuditLog, auditLogStart))
            .Select(line => JsonNode.Parse(line)!)
            .Where(entry => (string?)entry["objectRef"]?["namespace"] == Namespace
                && (string?)entry["verb"] is "create" or "update" or "patch" or "delete"
                && ((string?)entry["userAgent"])?.StartsWith("image-tag-operator/", StringComparison.Ordinal) == true)
            .Select(entry => string.Join('/', new[] { $"{entry["verb"]} {entry["objectRef"]!["resource"]}", (string?)entry["objectRef"]!["name"], (string?)entry["objectRef"]!["subresource"] }.OfType<string>()))];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        // Nothing else would: this API server has no controllers, and the operator of this namespace is gone.
        foreach (var set in (await Kubernetes.ListAsync<V1Alpha1ImageTagSet>(Namespace)).Items)
        {
            await Kubernetes.DeleteAsync<V1Alpha1ImageTagSet>(set.Key());
            var unfinished = new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } };
            if (await Kubernetes.GetAsync<V1Alpha1ImageTagSet>(set.Metadata.Name!, Namespace) is not null) await Kubernetes.PatchAsync<V1Alpha1ImageTagSet>(set.Key(), unfinished);
        }

        await Kubernetes.DeleteAsync<V1Namespace>(new NamespacedName(null, Namespace));
        await Glance.DeleteCreatedAsync();
        Glance.Dispose();
    }

    /// <summary>Lines since the world began. The servers write them right after the answer, so a moment is given to the last one.</summary>
    private static async Task<string[]> ReadAsync(string path, long start)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(start, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        var text = await reader.ReadToEndAsync();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [GeneratedRegex("\"(?<call>[A-Z]+ [^ ]+) HTTP/1\\.1\" (?<status>[0-9]{3}) ")]
    private static partial Regex GlanceRequest();
}
