namespace ImageTagOperator.IntegrationTests;

/// <summary>An etcd and kube-apiserver that nobody else uses.</summary>
/// <param name="controllers">Of kube-controller-manager, which runs with these beside them.</param>
internal sealed class PrivateKubernetes(string controllers = "") : IAsyncDisposable
{
    private static readonly string Script = Path.Combine(RealServers.Root, "hack", "kubernetes.sh");

    private readonly string state = Path.Combine(Path.GetTempPath(), $"image-tag-operator-{Guid.NewGuid():N}"[..27]);

    public string Kubeconfig => Path.Combine(Folder, "kubeconfig");

    /// <summary>Where they keep all they have, as the script says.</summary>
    public string Folder => Path.Combine(state, "kubernetes");

    /// <param name="arguments">As the script takes them: <c>up</c>, <c>compact</c>, ...</param>
    public Task RunAsync(params string[] arguments) =>
        Shell.RunAsync(
            Script, arguments, environment: new Dictionary<string, string> { ["ITO_STATE"] = state, ["CONTROLLERS"] = controllers });

    public async ValueTask DisposeAsync()
    {
        await RunAsync("down");
        Directory.Delete(state, recursive: true);
    }
}
