using k8s.Models;

namespace ImageTagOperator.Commands;

/// <summary>The permissions that the operator needs on the API server: exactly those of its role.</summary>
internal static class OperatorRights
{
    /// <param name="namespaces">The watched namespaces; empty for all.</param>
    public static IEnumerable<V1ResourceAttributes> Of(IReadOnlyList<string> namespaces, string leaseNamespace, string leaseName)
    {
        string?[] watched = namespaces.Count == 0 ? [null] : [.. namespaces.Distinct()];
        return
        [
            .. watched.SelectMany(InNamespace),
            Right("create", "coordination.k8s.io", "leases", null, leaseNamespace),
            Right("get", "coordination.k8s.io", "leases", null, leaseNamespace, leaseName),
            Right("update", "coordination.k8s.io", "leases", null, leaseNamespace, leaseName),
        ];
    }

    private static V1ResourceAttributes[] InNamespace(string? name) =>
    [
        Right("list", "imagetags.io", "imagetagsets", null, name),
        Right("watch", "imagetags.io", "imagetagsets", null, name),
        Right("patch", "imagetags.io", "imagetagsets", null, name),
        Right("update", "imagetags.io", "imagetagsets", "status", name),
        Right("get", "", "secrets", null, name),
        Right("create", "events.k8s.io", "events", null, name),
        Right("patch", "events.k8s.io", "events", null, name),
    ];

    private static V1ResourceAttributes Right(
        string verb, string group, string resource, string? subresource, string? inNamespace, string? name = null) =>
        new() { Verb = verb, Group = group, Resource = resource, Subresource = subresource, NamespaceProperty = inNamespace, Name = name };
}
