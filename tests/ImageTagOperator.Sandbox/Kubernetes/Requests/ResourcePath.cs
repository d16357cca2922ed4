namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>A parsed path of the resource API.</summary>
/// <param name="Name">Empty for the collection.</param>
/// <param name="Subresource">Empty, or <c>status</c>.</param>
internal sealed record ResourcePath(ResourceDefinition Resource, string Namespace, string Name, string Subresource)
{
    /// <summary>Null when the resource is not served.</summary>
    public static ResourcePath? Parse(string path, ResourceRegistry registry)
    {
        string[] parts = [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Uri.UnescapeDataString)];
        return parts switch
        {
            ["api", var version, .. var rest] => Parse("", version, rest, registry),
            ["apis", var group, var version, .. var rest] => Parse(group, version, rest, registry),
            _ => null,
        };
    }

    private static ResourcePath? Parse(string group, string version, string[] rest, ResourceRegistry registry)
    {
        var ns = "";
        if (rest is ["namespaces", var name, not ("status" or "finalize"), ..]) (ns, rest) = (name, rest[2..]);
        if (rest is [] or { Length: > 3 } || registry.Find(group, version, rest[0]) is not { } resource) return null;
        if (ns.Length > 0 && !resource.IsNamespaced) return null;
        // The path of a namespaced object contains its namespace.
        if (ns.Length == 0 && resource.IsNamespaced && rest.Length > 1) return null;
        var subresource = rest.ElementAtOrDefault(2) ?? "";
        if (subresource.Length > 0 && !(subresource == "status" && resource.HasStatus)) return null;
        return new ResourcePath(resource, ns, rest.ElementAtOrDefault(1) ?? "", subresource);
    }
}
