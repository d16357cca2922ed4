namespace ImageTagOperator.IntegrationTests;

/// <summary>An etcd and kube-apiserver for one test.</summary>
/// <param name="controllers">The controllers of kube-controller-manager, which then runs too.</param>
internal sealed class PrivateKubernetes(string controllers = "") : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(RealServers.Root, "hack", "kubernetes.sh");

    private readonly string state = Path.Combine(Path.GetTempPath(), $"image-tag-operator-{Guid.NewGuid():N}"[..27]);

    public string Kubeconfig => Path.Combine(Folder, "kubeconfig");

    /// <summary>The data folder, as printed by the script.</summary>
    public string Folder => Path.Combine(state, "kubernetes");

    /// <param name="arguments">Commands of the script: <c>up</c>, <c>compact</c>, ...</param>
    public Task RunAsync(params string[] arguments) =>
        Shell.RunAsync(
            Script, arguments, environment: new Dictionary<string, string> { ["ITO_STATE"] = state, ["CONTROLLERS"] = controllers });

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        Directory.Delete(state, recursive: true);
    }
}
