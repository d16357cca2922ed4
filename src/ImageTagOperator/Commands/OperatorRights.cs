using ImageTagOperator.Kubernetes;

namespace ImageTagOperator.Commands;

/// <summary>All that the operator does on the API server, which is what its role must allow, and no more.</summary>
internal static class OperatorRights
{
    /// <param name="namespaces">Those that are watched; empty: all.</param>
    public static IEnumerable<V1ResourceAttributes> Of(IReadOnlyList<string> namespaces, string leaseNamespace, string leaseName)
    {
        string?[] watched = namespaces.Count == 0 ? [null] : [.. namespaces.Distinct()];
        return
        [
            .. watched.SelectMany(InNamespace),
            new("create", "coordination.k8s.io", "leases", null, leaseNamespace),
            new("get", "coordination.k8s.io", "leases", null, leaseNamespace, leaseName),
            new("update", "coordination.k8s.io", "leases", null, leaseNamespace, leaseName),
        ];
    }

    private static V1ResourceAttributes[] InNamespace(string? name) =>
    [
        new("list", "imagetags.io", "imagetagsets", null, name),
        new("watch", "imagetags.io", "imagetagsets", null, name),
        new("patch", "imagetags.io", "imagetagsets", null, name),
        new("update", "imagetags.io", "imagetagsets", "status", name),
        new("get", "", "secrets", null, name),
        new("create", "events.k8s.io", "events", null, name),
        new("patch", "events.k8s.io", "events", null, name),
    ];
}
