namespace ImageTagOperator.Kubernetes;

/// <summary>The client that only leader election uses: its own connection, so that a crowd of other requests does not make it late, and
/// allowed to write while this replica is not the leader.</summary>
internal sealed class CoordinationClient(IKubernetesClient client) : IDisposable
{
    public IKubernetesClient Client => client;

    public void Dispose() => (client as IDisposable)?.Dispose();
}
