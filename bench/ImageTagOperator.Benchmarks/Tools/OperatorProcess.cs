using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Benchmarks.Clouds;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Kubernetes;

namespace ImageTagOperator.Benchmarks.Tools;

/// <summary>The real operator process on an embedded Kubernetes, with one set per image.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    private const string Namespace = "default";
    private const string SecretName = "openstack-clouds";
    private const string Sets = "imagetagsets";

    /// <summary>Three quarters of 256Mi, the chart's limit: .NET's heap limit in a container with that memory limit. A native program does
    /// not accept the prefix 0x.</summary>
    private const string HeapOfTheChart = "C000000";

    private readonly SandboxKubernetes kubernetes;
    private readonly Process process;
    private readonly string kubeconfig;
    private int lives;

    private OperatorProcess(SandboxKubernetes kubernetes, Process process, string kubeconfig, TimeSpan startTime) =>
        (this.kubernetes, this.process, this.kubeconfig, StartTime) = (kubernetes, process, kubeconfig, startTime);

    /// <summary>The calls to the Kubernetes API.</summary>
    public CallLog Calls => kubernetes.Calls;

    /// <summary>Injects faults into calls to the Kubernetes API.</summary>
    public FaultInjector Faults => kubernetes.Faults;

    /// <summary>From the start of the process until its first watch.</summary>
    public TimeSpan StartTime { get; }

    /// <summary>The processor time of the process so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>The resident set, in bytes.</summary>
    public long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    /// <summary>The maximum of <see cref="Memory"/>.</summary>
    public long PeakMemory
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>The program that was built together with the benchmarks.</summary>
    public static string Built => Path.Combine(AppContext.BaseDirectory, "image-tag-operator");

    /// <param name="executable">Runs with the memory limit of a pod; null: <see cref="Built"/>, without a limit.</param>
    public static async Task<OperatorProcess> StartAsync(int cloudRate, string? executable = null)
    {
        var kubernetes = await SandboxKubernetes.StartAsync();
        kubernetes.Apply(KubernetesYaml.LoadAll(CrdCommand.Yaml(withRules: false))[0].AsObject());
        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, kubernetes.Kubeconfig);
        string[] arguments = ["run", "--kubeconfig", kubeconfig, "--health-address", "http://127.0.0.1:0", "--log-level", "Error"];
        var rate = cloudRate.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo(executable ?? Built, [.. arguments, "--cloud-rate", rate]);
        if (executable is not null) start.Environment["DOTNET_GCHeapHardLimit"] = HeapOfTheChart;
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        await Benchmark.UntilAsync(() => kubernetes.OpenWatches > 0, "the operator watches");
        return new OperatorProcess(kubernetes, process, kubeconfig, clock.Elapsed);
    }

    /// <summary>A new process compiles code for seconds, which slows down the servers on a small machine. An operator runs for weeks, so
    /// this warm-up is not measured.</summary>
    public async Task WarmUpAsync(IReadOnlyList<string> tags)
    {
        const int Images = 200;
        await using var cloud = await EmbeddedCloud.StartAsync();
        for (var round = 0; round < 3; round++)
        {
            var images = await cloud.ImagesAsync(Images);
            await ConvergeAsync(cloud, images, tags, "1h");
            await ConvergeAsync(cloud, images, tags, "2h");
            await ForgetAsync();
            await cloud.ClearTagsAsync(Images);
        }

        TimeSpan used;
        do
        {
            used = ProcessorTime;
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }
        while (ProcessorTime - used > TimeSpan.FromMilliseconds(50));
    }

    /// <summary>Declares the tags for each image, and waits until all sets are Ready. A changed interval makes the operator read all images
    /// again even when there is nothing else to do.</summary>
    public async Task ConvergeAsync(BenchmarkCloud cloud, IReadOnlyList<string> images, IReadOnlyList<string> tags, string interval)
    {
        // Another cloud name makes another session, with its own connections.
        var name = $"life-{lives}";
        AddSecret(
            Namespace, SecretName,
            cloud.CloudsYaml.Replace($"  {BenchmarkCloud.CloudName}:\n", $"  {name}:\n", StringComparison.Ordinal));
        foreach (var image in images) kubernetes.Apply(Set(Namespace, image, (SecretName, name), image, tags, interval));
        foreach (var image in images) await Benchmark.UntilAsync(
            () => IsReady(kubernetes.Get(Sets, Namespace, image)!), $"set {image} is Ready");
    }

    /// <summary>Edits the set that <see cref="ConvergeAsync"/> created for an image.</summary>
    public void Edit(string image, IReadOnlyList<string> tags) => kubernetes.Apply(
        Set(Namespace, image, (SecretName, $"life-{lives}"), image, tags, "1h"));

    /// <summary>Adds a set in another namespace for <see cref="BenchmarkCloud.CloudName"/>.</summary>
    public void AddSet(string inNamespace, string name, string secret, string image, IReadOnlyList<string> tags) => kubernetes.Apply(
        Set(inNamespace, name, (secret, BenchmarkCloud.CloudName), image, tags, "10m"));

    public void AddNamespace(string name) => kubernetes.Apply(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Namespace",
        ["metadata"] = new JsonObject { ["name"] = name },
    });

    public void AddSecret(string inNamespace, string name, string cloudsYaml) =>
        kubernetes.Apply(Secret(inNamespace, name, cloudsYaml));

    /// <summary>Deletes all sets. Later sets use new connections. The images keep their tags.</summary>
    public async Task ForgetAsync()
    {
        lives++;
        foreach (var set in kubernetes.List(Sets)) kubernetes.Delete(Sets, Namespace, (string)set["metadata"]!["name"]!);
        await Benchmark.UntilAsync(() => kubernetes.List(Sets).Count == 0, "all sets are gone");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        File.Delete(kubeconfig);
        await kubernetes.DisposeAsync();
    }

    private static JsonObject Set(
        string inNamespace, string name, (string Secret, string Cloud) credentials, string image, IReadOnlyList<string> tags,
        string interval) =>
        new()
    {
        ["apiVersion"] = "imagetags.io/v1alpha1",
        ["kind"] = "ImageTagSet",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = inNamespace },
        ["spec"] = new JsonObject
        {
            ["cloudCredentialsRef"] = new JsonObject { ["secretName"] = credentials.Secret, ["cloudName"] = credentials.Cloud },
            ["image"] = new JsonObject { [Guid.TryParse(image, out _) ? "id" : "name"] = image },
            ["tags"] = new JsonArray([.. tags]),
            ["interval"] = interval,
            ["deletionPolicy"] = "Retain",
        },
    };

    private static JsonObject Secret(string inNamespace, string name, string cloudsYaml) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = inNamespace },
        ["data"] = new JsonObject { ["clouds.yaml"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(cloudsYaml)) },
    };

    private static bool IsReady(JsonObject set) =>
        (long?)set["metadata"]!["generation"] == (long?)set["status"]?["observedGeneration"]
        && set["status"]!["conditions"]!.AsArray().Any(condition =>
            (string?)condition!["type"] == "Ready"
            && (string?)condition["status"] == "True"
            && (long?)condition["observedGeneration"] == (long?)set["metadata"]!["generation"]);
}
