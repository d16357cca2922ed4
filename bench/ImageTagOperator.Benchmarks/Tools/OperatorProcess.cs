using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Benchmarks.Clouds;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.Sandbox.Kubernetes;

namespace ImageTagOperator.Benchmarks.Tools;

/// <summary>The operator as its users run it, on an embedded Kubernetes, with one set per image.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    private readonly SandboxKubernetes kubernetes;
    private readonly Process process;
    private readonly string kubeconfig;

    private OperatorProcess(SandboxKubernetes kubernetes, Process process, string kubeconfig) =>
        (this.kubernetes, this.process, this.kubeconfig) = (kubernetes, process, kubeconfig);

    /// <param name="warmUp">An image that opens connections, and gets the login and the first compilation over with.</param>
    public static async Task<OperatorProcess> StartAsync(BenchmarkCloud cloud, int cloudRate, string warmUp, IReadOnlyList<string> tags)
    {
        var kubernetes = await SandboxKubernetes.StartAsync();
        kubernetes.Apply(KubernetesYaml.LoadAll(CrdCommand.Yaml())[0].AsObject());
        kubernetes.Apply(Secret(cloud.CloudsYaml));
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, kubernetes.Kubeconfig);
        string[] arguments = ["run", "--kubeconfig", kubeconfig, "--health-address", "http://127.0.0.1:0", "--log-level", "Error"];
        var rate = cloudRate.ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(Path.Combine(AppContext.BaseDirectory, "image-tag-operator"), [.. arguments, "--cloud-rate", rate]);
        var started = new OperatorProcess(kubernetes, process, kubeconfig);
        await Benchmark.UntilAsync(() => kubernetes.OpenWatches > 0, "the operator watches");
        await started.ConvergeAsync([warmUp], tags, "1h");
        return started;
    }

    /// <summary>Declares the tags for each image, and waits until all sets are Ready. With another interval than before, all images are read
    /// anew even when there is nothing else to do.</summary>
    public async Task ConvergeAsync(IReadOnlyList<string> images, IReadOnlyList<string> tags, string interval)
    {
        foreach (var image in images) kubernetes.Apply(Set(image, tags, interval));
        foreach (var image in images) await Benchmark.UntilAsync(() => IsReady(kubernetes.Get("imagetagsets", "default", image)!), $"set {image} is Ready");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        File.Delete(kubeconfig);
        await kubernetes.DisposeAsync();
    }

    private static JsonObject Set(string image, IReadOnlyList<string> tags, string interval) => new()
    {
        ["apiVersion"] = "imagetags.io/v1alpha1",
        ["kind"] = "ImageTagSet",
        ["metadata"] = new JsonObject { ["name"] = image, ["namespace"] = "default" },
        ["spec"] = new JsonObject
        {
            ["cloudCredentialsRef"] = new JsonObject { ["secretName"] = "openstack-clouds", ["cloudName"] = BenchmarkCloud.CloudName },
            ["image"] = new JsonObject { ["id"] = image },
            ["tags"] = new JsonArray([.. tags]),
            ["interval"] = interval,
        },
    };

    private static JsonObject Secret(string cloudsYaml) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = "openstack-clouds", ["namespace"] = "default" },
        ["data"] = new JsonObject { ["clouds.yaml"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(cloudsYaml)) },
    };

    private static bool IsReady(JsonObject set) =>
        (long?)set["metadata"]!["generation"] == (long?)set["status"]?["observedGeneration"]
        && set["status"]!["conditions"]!.AsArray().Any(condition =>
            (string?)condition!["type"] == "Ready" && (string?)condition["status"] == "True" && (long?)condition["observedGeneration"] == (long?)set["metadata"]!["generation"]);
}
