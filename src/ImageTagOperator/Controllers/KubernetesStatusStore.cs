using ImageTagOperator.Entities;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Controllers;

/// <summary>Keeps statuses in the cluster.</summary>
public sealed class KubernetesStatusStore(IKubernetesClient kubernetes) : IStatusStore
{
    public Task<V1Alpha1ImageTagSet> SaveAsync(V1Alpha1ImageTagSet set, CancellationToken cancellationToken) =>
        kubernetes.UpdateStatusAsync(set, cancellationToken);
}
