using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The resources that are currently served. Readers see a consistent list.</summary>
internal sealed class ResourceRegistry
{
    private volatile IReadOnlyList<ResourceDefinition> all = BuiltInResources.All;

    public IReadOnlyList<ResourceDefinition> All => all;

    public ResourceDefinition Crds => all.First(resource => resource.StorageKey == BuiltInResources.Crds);

    public ResourceDefinition Namespaces => all.First(resource => resource is { Group: "", Plural: "namespaces" });

    public ResourceDefinition? Find(string group, string version, string plural) =>
        all.FirstOrDefault(resource => resource.Plural == plural && resource.Group == group && resource.Version == version);

    public ResourceDefinition? FindKind(string apiVersion, string kind) =>
        all.FirstOrDefault(resource => resource.Kind == kind && resource.ApiVersion == apiVersion);

    /// <summary>Finds a resource by its plural, with or without the group: <c>secrets</c>, <c>leases.coordination.k8s.io</c>.</summary>
    public ResourceDefinition? FindPlural(string plural) =>
        all.FirstOrDefault(resource => resource.GroupResource == plural) ?? all.FirstOrDefault(resource => resource.Plural == plural);

    /// <summary>Serves a new or changed CustomResourceDefinition.</summary>
    public void Put(JsonObject crd)
    {
        var name = crd.Text("metadata", "name");
        all = [.. all.Where(resource => resource.StorageKey != name), .. CustomResources.Read(crd)];
    }

    public void Remove(string crdName) => all = [.. all.Where(resource => resource.StorageKey != crdName)];
}
