using System.Text.Json.Nodes;
using ImageTagOperator.IntegrationTests.Chart;
using ImageTagOperator.Scenarios;

namespace ImageTagOperator.IntegrationTests.Cluster;

/// <summary>A release of the chart in a new namespace, other namespaces with a Secret for the cloud, and images in the cloud.</summary>
internal sealed class Installation : IAsyncDisposable
{
    public const string Release = "image-tag-operator";

    private readonly List<string> namespaces = [];

    private Installation(GlanceClient glance) => Glance = glance;

    public string Namespace { get; } = $"system-{Guid.NewGuid():N}"[..14];

    public GlanceClient Glance { get; }

    private bool IsInstalled { get; set; }

    public static async Task<Installation> CreateAsync()
    {
        await Node.LoadedAsync();
        return new(await GlanceClient.LoginAsync(RealServers.CloudsYaml, "demo"));
    }

    /// <summary>Installs as the README says, with the loaded image, and takes over the definition of an earlier release.</summary>
    public async Task<string> InstallAsync(params string[] options)
    {
        IsInstalled = true;
        return await Node.HelmAsync(
            ["install", Release, Helm.Chart, "-n", Namespace, "--create-namespace", "--set",
                "image.repository=localhost/image-tag-operator", "--take-ownership", "--wait", "--timeout", "3m", .. options]);
    }

    public Task<string> UpgradeAsync(params string[] options) =>
        Node.HelmAsync(["upgrade", Release, Helm.Chart, "-n", Namespace, "--reuse-values", "--wait", "--timeout", "3m", .. options]);

    public async Task UninstallAsync()
    {
        await Node.HelmAsync(["uninstall", Release, "-n", Namespace, "--wait", "--timeout", "2m"]);
        IsInstalled = false;
    }

    /// <summary>Waits until the deleted namespace is gone, and the release with it.</summary>
    public async Task WaitUntilDeletedAsync()
    {
        IsInstalled = false;
        await Node.KubectlAsync("wait", "namespace", Namespace, "--for=delete", "--timeout=80s");
        // The cluster-scoped objects still exist.
        await Node.KubectlAsync("delete", "clusterroles,clusterrolebindings", "-l", $"app.kubernetes.io/instance={Release}");
    }

    /// <summary>A namespace with credentials for the cloud.</summary>
    public async Task<string> CreateNamespaceAsync()
    {
        var name = $"team-{Guid.NewGuid():N}"[..12];
        await Node.KubectlAsync("create", "namespace", name);
        namespaces.Add(name);
        await CreateSecretAsync(name);
        return name;
    }

    public static Task CreateSecretAsync(string inNamespace) =>
        Node.KubectlAsync(
            "-n", inNamespace, "create", "secret", "generic", World.SecretName, $"--from-file=clouds.yaml={Node.CloudsYamlPath}");

    /// <summary>One set per image, with the same tags.</summary>
    public static Task ApplyAsync(string inNamespace, IEnumerable<string> images, params string[] tags) => Node.ApplyAsync(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "List",
        ["items"] = new JsonArray([.. images.Select(image => new JsonObject
        {
            ["apiVersion"] = "imagetags.io/v1alpha1",
            ["kind"] = "ImageTagSet",
            ["metadata"] = new JsonObject { ["name"] = image, ["namespace"] = inNamespace },
            ["spec"] = new JsonObject
            {
                ["cloudCredentialsRef"] = new JsonObject { ["secretName"] = World.SecretName, ["cloudName"] = "demo" },
                ["image"] = new JsonObject { ["id"] = image },
                ["tags"] = new JsonArray([.. tags]),
                ["interval"] = "10s",
            },
        })]),
    }.ToJsonString());

    public static Task ReadyAsync(string inNamespace) =>
        Node.KubectlAsync("-n", inNamespace, "wait", "imagetagsets", "--all", "--for=condition=Ready", "--timeout=60s");

    /// <summary>Waits until the image has exactly these tags.</summary>
    public Task TagsAsync(string image, params string[] tags) => Eventually.HoldsAsync(
        () => Glance.GetTagsAsync(image),
        live => live.Order(StringComparer.Ordinal).SequenceEqual(tags.Order(StringComparer.Ordinal)),
        $"image {image} to have the tags [{string.Join(", ", tags)}]",
        live => $"it has [{string.Join(", ", live)}]");

    /// <summary>The holder of the Lease: the name of its pod, <c>_</c>, and a suffix that is unique per process.</summary>
    public Task<string> LeaderAsync() =>
        Node.KubectlAsync("-n", Namespace, "get", "lease", Release, "-o", "jsonpath={.spec.holderIdentity}");

    /// <summary>The new holder may be in the same pod: a killed container is restarted at once.</summary>
    public Task<string> NextLeaderAsync(string before) => Eventually.HoldsAsync(
        LeaderAsync, leader => leader != before && leader.Length > 0, "another leader", leader => $"it is {leader}");

    public async ValueTask DisposeAsync()
    {
        // Ignore errors here: the failure of the test matters more. The finalizers of sets without an operator are removed by hand.
        foreach (var name in namespaces)
        {
            await TryAsync("kubectl", "delete", "imagetagsets", "-n", name, "--all", "--ignore-not-found", IsInstalled ? "--timeout=60s"
                : "--wait=false");
            await TryAsync("bash", "-c",
                $"kubectl -n {name} get imagetagsets -o name | xargs -r kubectl -n {name} patch --type=merge -p "
                + $"'{{\"metadata\":{{\"finalizers\":null}}}}'");
        }

        await TryAsync("helm", "uninstall", Release, "-n", Namespace, "--ignore-not-found", "--wait", "--timeout", "2m");
        await Node.KubectlAsync(["delete", "namespace", "--ignore-not-found", "--wait=false", Namespace, .. namespaces]);
        await Glance.DeleteCreatedAsync();
        Glance.Dispose();

        static Task TryAsync(string command, params string[] arguments) =>
            Shell.TryAsync(command, arguments, environment: Node.Environment, deadline: TimeSpan.FromMinutes(3));
    }
}
