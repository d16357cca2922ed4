using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.IntegrationTests;

/// <summary>The servers of <c>hack/servers.sh</c>, found with its <c>env</c> command. Without servers a test is skipped with a message;
/// with ITO_REQUIRE_SERVERS set, as in <c>make test</c>, it fails.</summary>
internal static class RealServers
{
    private static readonly Lazy<Task> Definition = new(ApplyDefinitionAsync);

    public static string Kubeconfig => Needed("KUBECONFIG");

    public static string CloudsYaml => File.ReadAllText(Needed("OS_CLIENT_CONFIG_FILE"));

    public static string GlanceLog => Path.Combine(State, "openstack", "log", "glance-api.log");

    public static string AuditLog => Path.Combine(State, "kubernetes", "log", "audit.log");

    /// <summary>The root folder of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Installs the definition in the API server, once per run, as a user would. It is the variant for a Kubernetes without
    /// CEL.</summary>
    public static Task DefinedAsync() => Definition.Value;

    private static string State => Needed("ITO_STATE");

    private static async Task ApplyDefinitionAsync()
    {
        await Shell.RunAsync("kubectl", ["apply", "-f", Path.Combine(Root, "config", "crds", "no-cel")]);
        // kubectl wait fails on a new definition that has no conditions yet.
        await Eventually.HoldsAsync(
            () => Shell.TryAsync("kubectl", ["wait", "--for=condition=Established", "crd/imagetagsets.imagetags.io", "--timeout=30s"]),
            waited => waited.Code == 0,
            "the definition of ImageTagSet to be established",
            waited => waited.Output);
    }

    public static string Needed(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        if (string.IsNullOrEmpty(value) && Environment.GetEnvironmentVariable("ITO_REQUIRE_SERVERS") is null)
        {
            Assert.Skip($"{name} is not set. Bring up the servers: hack/servers.sh up; eval \"$(hack/servers.sh env)\"");
        }

        return string.IsNullOrEmpty(value) ? throw new InvalidOperationException($"{name} is not set, and ITO_REQUIRE_SERVERS is.") : value;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ImageTagOperator.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("these tests run inside a checkout");
    }
}
