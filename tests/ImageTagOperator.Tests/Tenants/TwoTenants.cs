using System.Text.Json.Nodes;
using ImageTagOperator.Commands;
using ImageTagOperator.Hosting.Metrics;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Tests.Kubernetes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ImageTagOperator.Tests.Tenants;

/// <summary>One operator for two teams: namespace <c>b</c> has one image in sync, and namespace <c>a</c> attacks.</summary>
internal sealed class TwoTenants : IAsyncDisposable
{
    private readonly SandboxKubernetes kubernetes;
    private readonly IHost app;
    private int edits;

    private TwoTenants(SandboxKubernetes kubernetes, SandboxCloud cloud, SandboxImage image, IHost app, RecordingLogger log)
    {
        (this.kubernetes, Cloud, Image, this.app, Log) = (kubernetes, cloud, image, app, log);
    }

    /// <summary>The image of team b.</summary>
    public SandboxCloud Cloud { get; }

    public SandboxImage Image { get; }

    public SandboxKubernetes Kubernetes => kubernetes;

    /// <summary>The complete log, from the level Trace.</summary>
    public RecordingLogger Log { get; }

    public string Metrics => app.Services.GetRequiredService<MetricCollector>().Collect();

    /// <summary>The estimated bytes of cached images.</summary>
    public long ImageMemory => app.Services.GetRequiredService<CloudSessions>().ImageMemory;

    public int BusyWorkers => Sample("imagetags_workers_busy");

    /// <summary>Reconciles of b's set that ended with a retry.</summary>
    public int FailedLooks =>
        Log.Entries.Count(entry => entry.Message.StartsWith("Reconcile of b/ubuntu failed", StringComparison.Ordinal));

    public int Waiting => Sample("imagetags_queue_depth");

    public bool IsAlive => app.Services.GetRequiredService<OperatorState>().IsAlive;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Starts with b's image in sync.</summary>
    /// <param name="byAddress">The catalog of b's cloud does not contain the address that b uses, so only the address identifies the
    /// cloud.</param>
    public static async Task<TwoTenants> StartAsync(CloudLimits? limits = null, bool byAddress = false)
    {
        var kubernetes = await SandboxKubernetes.StartAsync();
        kubernetes.Apply(KubernetesYaml.LoadAll(CrdCommand.Yaml(withRules: false))[0].AsObject());
        var cloud = await SandboxCloud.StartAsync();
        foreach (var name in new[] { "a", "b" }) kubernetes.Apply(
            new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } });
        var image = cloud.AddImage("ubuntu");
        var log = new RecordingLogger();
        var configuration = new KubernetesClientConfiguration { Server = new Uri(kubernetes.Url) };
        var app = Hosting.OperatorHost.Build(
            new OperatorOptions { HealthAddress = "http://127.0.0.1:0", Cloud = limits
                ?? new CloudLimits { RequestsPerSecond = 1_000_000 } },
            configuration,
            logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        // Hanging requests are aborted at the end of a test.
        app.Services.GetRequiredService<OperatorSettings>().ShutdownTimeout = TimeSpan.FromSeconds(1);
        var tenants = new TwoTenants(kubernetes, cloud, image, app, log);
        tenants.AddSecret("b", "openstack-clouds", byAddress ? WithAddress(cloud, "localhost") : cloud.CloudsYaml);
        tenants.AddSet("b", "ubuntu", "openstack-clouds", image.Id, tags: "golden");
        await app.StartAsync(Cancel);
        await tenants.ReachesAsync("golden");
        await Eventually.TrueAsync(() => tenants.ReadyOf("b", "ubuntu") == "True", "b's set is Ready", seconds: 400);
        return tenants;
    }

    /// <summary>The cloud's clouds.yaml with an address of the Image API that is not in its catalog.</summary>
    private static string WithAddress(SandboxCloud cloud, string host) => cloud.CloudsYaml.Replace(
        "region_name: RegionOne",
        $"region_name: RegionOne\n    image_endpoint_override: http://{host}:{new Uri(cloud.Url).Port}/image",
        StringComparison.Ordinal);

    public void AddSecret(string inNamespace, string name, string cloudsYaml) => kubernetes.Apply(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = inNamespace },
        ["data"] = new JsonObject { ["clouds.yaml"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(cloudsYaml)) },
    });

    public void AddSet(string inNamespace, string name, string secret, string? imageId, params string[] tags) =>
        kubernetes.Apply(new JsonObject
    {
        ["apiVersion"] = "imagetags.io/v1alpha1",
        ["kind"] = "ImageTagSet",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = inNamespace },
        ["spec"] = new JsonObject
        {
            ["cloudCredentialsRef"] = new JsonObject { ["secretName"] = secret, ["cloudName"] = "demo" },
            ["image"] = imageId is null ? new JsonObject { ["selector"] = new JsonObject { ["names"] = new JsonArray("*") } }
                : new JsonObject { ["id"] = imageId },
            ["tags"] = new JsonArray([.. tags]),
        },
    });

    public void AddSets(int count, string name, string secret, Func<int, string?>? imageId = null)
    {
        for (var i = 0; i < count; i++) AddSet("a", $"{name}-{i}", secret, imageId is null ? null : imageId(i), "mine");
    }

    public JsonObject? Find(string inNamespace, string name) => kubernetes.Get("imagetagsets.imagetags.io", inNamespace, name);

    public JsonNode? Ready(string inNamespace, string name) =>
        Find(inNamespace, name)?["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => (string?)condition!["type"] == "Ready");

    public string? ReadyOf(string inNamespace, string name) => (string?)Ready(inNamespace, name)?["status"];

    public string? ReasonOf(string inNamespace, string name) => (string?)Ready(inNamespace, name)?["reason"];

    public async Task ReasonAsync(string inNamespace, string name, string reason) =>
        await Eventually.TrueAsync(() => ReasonOf(inNamespace, name) == reason,
            $"{inNamespace}/{name} says {reason}, not {Ready(inNamespace, name)?.ToJsonString()}", seconds: 400);

    /// <summary>b edits its set, and waits until its image has the edit. The time is not limited, because the machine may be busy: the
    /// caller checks that the attack still runs.</summary>
    public async Task EditReachesAsync()
    {
        var tag = $"edit-{++edits}";
        AddSet("b", "ubuntu", "openstack-clouds", Image.Id, "golden", tag);
        await ReachesAsync("golden", tag);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)app).DisposeAsync();
        await kubernetes.DisposeAsync();
        await Cloud.DisposeAsync();
    }

    private Task ReachesAsync(params string[] tags) =>
        Eventually.TrueAsync(() => Image.Tags.ToHashSet().SetEquals(tags), $"b's image has {string.Join(", ", tags)}", seconds: 400);

    private int Sample(string name) => Metrics.Split('\n')
        .Where(line => line.StartsWith(name + "{", StringComparison.Ordinal))
            .Select(line => (int)double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture))
            .Sum();
}
