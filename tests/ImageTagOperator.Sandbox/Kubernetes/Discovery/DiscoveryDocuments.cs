using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>The discovery documents: groups, versions, resources.</summary>
internal static class DiscoveryDocuments
{
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>The document at <paramref name="path"/>, or null.</summary>
    public static JsonObject? Find(string path, IReadOnlyList<ResourceDefinition> resources) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["version"] => Version(),
            ["api"] => Core(),
            ["apis"] => new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = Json.ArrayOf(Groups(resources)) },
            ["api", var version] => Resources(resources, "", version),
            ["apis", var group] => Group(resources, group),
            ["apis", var group, var version] => Resources(resources, group, version),
            _ => null,
        };

    private static JsonObject Core() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "34",
        ["gitVersion"] = "v1.34.0+sandbox",
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = "",
        ["platform"] = "sandbox",
    };

    private static IEnumerable<JsonNode> Groups(IReadOnlyList<ResourceDefinition> resources) =>
        resources.Select(resource => resource.Group).Where(group => group.Length > 0).Distinct().Select(group => GroupOf(resources, group));

    private static JsonObject? Group(IReadOnlyList<ResourceDefinition> resources, string group)
    {
        if (group.Length == 0 || !resources.Any(resource => resource.Group == group)) return null;
        var document = new JsonObject { ["kind"] = "APIGroup", ["apiVersion"] = "v1" };
        foreach (var (name, value) in GroupOf(resources, group)) document[name] = value?.DeepClone();
        return document;
    }

    private static JsonObject GroupOf(IReadOnlyList<ResourceDefinition> resources, string group)
    {
        var names = resources.Where(resource => resource.Group == group).Select(resource => resource.Version).Distinct();
        var versions = names
            .Select(JsonNode (name) => new JsonObject { ["groupVersion"] = $"{group}/{name}", ["version"] = name })
            .ToList();
        return new JsonObject { ["name"] = group, ["versions"] = Json.ArrayOf(versions), ["preferredVersion"] = versions[0].DeepClone() };
    }

    private static JsonObject? Resources(IReadOnlyList<ResourceDefinition> resources, string group, string version)
    {
        var found = resources.Where(resource => resource.Group == group && resource.Version == version).ToList();
        return found.Count == 0 ? null : new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = found[0].ApiVersion,
            ["resources"] = Json.ArrayOf(found.SelectMany(Entries)),
        };
    }

    private static IEnumerable<JsonNode> Entries(ResourceDefinition resource)
    {
        var entry = Entry(resource, resource.Plural, Verbs);
        entry["singularName"] = resource.Singular;
        if (resource.ShortNames.Count > 0) entry["shortNames"] = Json.ArrayOf(resource.ShortNames);
        if (resource.Categories.Count > 0) entry["categories"] = Json.ArrayOf(resource.Categories);
        yield return entry;
        if (resource.HasStatus) yield return Entry(resource, $"{resource.Plural}/status", ["get", "patch", "update"]);
    }

    private static JsonObject Entry(ResourceDefinition resource, string name, string[] verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = "",
        ["namespaced"] = resource.IsNamespaced,
        ["kind"] = resource.Kind,
        ["verbs"] = Json.ArrayOf(verbs),
    };
}
