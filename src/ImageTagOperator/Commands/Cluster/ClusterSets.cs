using System.Net;
using ImageTagOperator.Entities;

namespace ImageTagOperator.Commands.Cluster;

/// <summary>Lists the sets of a cluster that the user has permission to see.</summary>
internal static class ClusterSets
{
    /// <summary>Lists all sets of the cluster; without permission for that, those of the given namespaces.</summary>
    /// <exception cref="CommandException">The CRD is not installed.</exception>
    public static async Task<IReadOnlyList<V1Alpha1ImageTagSet>> ListAsync(
        IKubernetesClient client, IEnumerable<string> namespaces, CancellationToken cancellationToken)
    {
        try
        {
            return await ListAsync(client, (string?)null, cancellationToken);
        }
        catch (KubernetesException e) when (e.StatusCode == HttpStatusCode.Forbidden)
        {
            var sets = new List<V1Alpha1ImageTagSet>();
            foreach (var name in namespaces) sets.AddRange(await ListAsync(client, name, cancellationToken));
            return sets;
        }
    }

    public static async Task<IReadOnlyList<V1Alpha1ImageTagSet>> ListAsync(
        IKubernetesClient client, string? inNamespace, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.ListAsync<V1Alpha1ImageTagSet>(inNamespace, null, cancellationToken)).Items;
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            throw new CommandException(
                "The cluster does not know ImageTagSets. Apply the definition: image-tag-operator crd | kubectl apply -f -");
        }
    }
}
