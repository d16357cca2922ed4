using ImageTagOperator.Kubernetes.Client;

namespace ImageTagOperator.Kubernetes.Leases;

/// <summary>The client for the replica's own tasks, such as leader election. It has its own connection, so that many other requests do not
/// delay it, and it can write while this replica is not the leader.</summary>
internal sealed class CoordinationClient(KubernetesClient client) : IDisposable
{
    public KubernetesClient Client => client;

    public void Dispose() => client.Dispose();
}
