using k8s.Models;

namespace ImageTagOperator.Commands;

/// <summary>The permissions that the operator needs on the API server: exactly those of its role.</summary>
internal static class OperatorPermissions
{
    /// <param name="namespaces">The watched namespaces; empty for all.</param>
    public static IEnumerable<V1ResourceAttributes> Of(IReadOnlyList<string> namespaces, string leaseNamespace, string leaseName)
    {
        string?[] watched = namespaces.Count == 0 ? [null] : [.. namespaces.Distinct()];
        return
        [
            .. watched.SelectMany(InNamespace),
            Permission("create", "coordination.k8s.io", "leases", null, leaseNamespace),
            Permission("get", "coordination.k8s.io", "leases", null, leaseNamespace, leaseName),
            Permission("update", "coordination.k8s.io", "leases", null, leaseNamespace, leaseName),
        ];
    }

    private static V1ResourceAttributes[] InNamespace(string? name) =>
    [
        Permission("list", "imagetags.io", "imagetagsets", null, name),
        Permission("watch", "imagetags.io", "imagetagsets", null, name),
        Permission("patch", "imagetags.io", "imagetagsets", null, name),
        Permission("update", "imagetags.io", "imagetagsets", "status", name),
        Permission("get", "", "secrets", null, name),
        Permission("create", "events.k8s.io", "events", null, name),
        Permission("patch", "events.k8s.io", "events", null, name),
    ];

    private static V1ResourceAttributes Permission(
        string verb, string group, string resource, string? subresource, string? inNamespace, string? name = null) =>
        new() { Verb = verb, Group = group, Resource = resource, Subresource = subresource, NamespaceProperty = inNamespace, Name = name };
}
