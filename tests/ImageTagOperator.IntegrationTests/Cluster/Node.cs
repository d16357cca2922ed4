namespace ImageTagOperator.IntegrationTests.Cluster;

/// <summary>The node of <c>hack/cluster.sh</c>, which runs pods.</summary>
internal static class Node
{
    private static readonly Lazy<Task> Image = new(() => Shell.RunAsync(Script, ["load", RealServers.Needed("ITO_IMAGE_ARCHIVE")]));

    public static string Kubeconfig => RealServers.Needed("CLUSTER_KUBECONFIG");

    /// <summary>Contains addresses that pods can reach.</summary>
    public static string CloudsYamlPath => RealServers.Needed("CLUSTER_CLOUDS_YAML");

    public static string AuditLog => Path.Combine(Path.GetDirectoryName(Kubeconfig)!, "log", "audit.log");

    private static string Script => Path.Combine(RealServers.Root, "hack", "cluster.sh");

    public static Dictionary<string, string> Environment => new() { ["KUBECONFIG"] = Kubeconfig };

    /// <summary>Loads the operator's image, once per run.</summary>
    public static Task LoadedAsync() => Image.Value;

    public static Task<string> KubectlAsync(params IEnumerable<string> arguments) =>
        Shell.RunAsync("kubectl", arguments, environment: Environment);

    public static Task<string> ApplyAsync(string manifest) => Shell.RunAsync("kubectl", ["apply", "-f", "-"], manifest, Environment);

    public static Task<string> HelmAsync(params IEnumerable<string> arguments) =>
        Shell.RunAsync("helm", arguments, environment: Environment, deadline: TimeSpan.FromMinutes(4));

    /// <summary>Stops the controllers until <see cref="ResumeControllersAsync"/>.</summary>
    public static Task PauseControllersAsync() => SignalControllersAsync("STOP");

    public static Task ResumeControllersAsync() => SignalControllersAsync("CONT");

    /// <summary>Runs a command on the node.</summary>
    public static Task<string> ExecAsync(string command) => Shell.RunAsync(Script, ["exec", "bash", "-c", command]);

    private static Task SignalControllersAsync(string signal) => ExecAsync($"pkill -{signal} -f '^[^ ]*/kube-controller-manager '");
}
