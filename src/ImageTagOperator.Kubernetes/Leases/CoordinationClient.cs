using ImageTagOperator.Kubernetes.Client;

namespace ImageTagOperator.Kubernetes.Leases;

/// <summary>The client for what concerns the replica itself, such as leader election: its own connection, so that a crowd of other requests
/// does not make it late, and allowed to write while this replica is not the leader.</summary>
internal sealed class CoordinationClient(KubernetesClient client) : IDisposable
{
    public KubernetesClient Client => client;

    public void Dispose() => client.Dispose();
}
