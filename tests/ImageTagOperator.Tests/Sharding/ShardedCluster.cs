using System.Text.Json.Nodes;
using ImageTagOperator.Commands;
using ImageTagOperator.Entities;
using ImageTagOperator.Hosting.Metrics;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Tests.Kubernetes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ImageTagOperator.Tests.Sharding;

/// <summary>An API server, some clouds, and operators of several shards, of which the writes to the clouds are recorded.</summary>
internal sealed class ShardedCluster : IAsyncDisposable
{
    private readonly List<Process> processes = [];
    private readonly List<SandboxCloud> clouds = [];
    private readonly Dictionary<SandboxCloud, string> identities = [];
    private int requests;

    private ShardedCluster(SandboxKubernetes kubernetes) => Kubernetes = kubernetes;

    public SandboxKubernetes Kubernetes { get; }

    public WriteLog Writes { get; } = new();

    public IReadOnlyList<SandboxCloud> Clouds => clouds;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<ShardedCluster> StartAsync()
    {
        var cluster = new ShardedCluster(await SandboxKubernetes.StartAsync());
        cluster.Kubernetes.Apply(KubernetesYaml.LoadAll(CrdCommand.Yaml(withRules: false))[0].AsObject());
        return cluster;
    }

    /// <summary>Adds clouds until each shard has one. The ports decide, so the number differs.</summary>
    public async Task AddCloudsAsync(int count)
    {
        while (Enumerable.Range(0, count).Any(index => !clouds.Any(cloud => new Shard(index, count).Owns(IdentityOf(cloud)))))
        {
            var cloud = await SandboxCloud.StartAsync();
            clouds.Add(cloud);
            using var sessions = new CloudSessions(TimeProvider.System);
            var session = sessions.Get(new CloudsFile(cloud.CloudsYaml).Find("demo", new TlsFiles()));
            identities[cloud] = (await session.GetAccessAsync(Cancel)).Cloud;
            AddSecret(SecretOf(cloud), cloud.CloudsYaml);
        }
    }

    public SandboxCloud CloudOf(int index, int count) => clouds.First(cloud => new Shard(index, count).Owns(IdentityOf(cloud)));

    public static string SecretOf(SandboxCloud cloud) => $"cloud-{new Uri(cloud.Url).Port}";

    /// <summary>As the operator names the cloud in a status.</summary>
    public string IdentityOf(SandboxCloud cloud) => identities[cloud];

    /// <summary>Asks for a reconcile.</summary>
    public void Request(string name) => Kubernetes.Apply(new JsonObject
    {
        ["apiVersion"] = "imagetags.io/v1alpha1",
        ["kind"] = "ImageTagSet",
        ["metadata"] = new JsonObject
        {
            ["name"] = name,
            ["namespace"] = "default",
            ["annotations"] = new JsonObject { [V1Alpha1ImageTagSet.RequestedAtAnnotation] = $"{++requests}" },
        },
        ["spec"] = Kubernetes.Get("imagetagsets.imagetags.io", "default", name)!["spec"]!.DeepClone(),
    });

    public void AddSecret(string name, string cloudsYaml) => Kubernetes.Apply(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["data"] = new JsonObject { ["clouds.yaml"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(cloudsYaml)) },
    });

    public void AddSet(string name, string secret, SandboxImage image, params string[] tags) => Kubernetes.Apply(new JsonObject
    {
        ["apiVersion"] = "imagetags.io/v1alpha1",
        ["kind"] = "ImageTagSet",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["spec"] = new JsonObject
        {
            ["cloudCredentialsRef"] = new JsonObject { ["secretName"] = secret, ["cloudName"] = "demo" },
            ["image"] = new JsonObject { ["id"] = image.Id },
            ["tags"] = new JsonArray([.. tags]),
            ["policy"] = "Additive",
        },
    });

    public JsonNode? StatusOf(string name) => Kubernetes.Get("imagetagsets.imagetags.io", "default", name)?["status"];

    public string? ReasonOf(string name) => (string?)StatusOf(name)?["conditions"]?.AsArray()
        .FirstOrDefault(condition => (string?)condition!["type"] == "Ready")?["reason"];

    public Task ReasonAsync(string name, string reason) =>
        Eventually.TrueAsync(() => ReasonOf(name) == reason, $"{name} has the reason {reason}", seconds: 400);

    public static Task TaggedAsync(SandboxImage image, params string[] tags) => Eventually.TrueAsync(
        () => image.Tags.ToHashSet().SetEquals(tags), $"the image has [{string.Join(", ", tags)}]", seconds: 400);

    /// <summary>Starts a process. It works once it holds its Leases.</summary>
    /// <param name="shard">As the option.</param>
    public async Task<Process> StartAsync(string shard)
    {
        var process = new Process(this, shard);
        processes.Add(process);
        await process.Host.StartAsync(Cancel);
        return process;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(processes.Select(process => process.StopAsync()));
        foreach (var cloud in clouds) await cloud.DisposeAsync();
        await Kubernetes.DisposeAsync();
    }

    /// <summary>The operator of one shard, in this process.</summary>
    internal sealed class Process
    {
        private bool isStopped;

        public Process(ShardedCluster cluster, string shard)
        {
            Name = shard;
            Host = Hosting.OperatorHost.Build(
                new OperatorOptions
                {
                    HealthAddress = "http://127.0.0.1:0",
                    LeaderElection = true,
                    LeaderElectionNamespace = "default",
                    Shard = Shard.Parse(shard)!,
                },
                new KubernetesClientConfiguration { Server = new Uri(cluster.Kubernetes.Url) },
                logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(Log),
                replace: services => services.AddSingleton(provider => new CloudSessions(
                    new CloudLimits { RequestsPerSecond = 1_000_000 }, TimeProvider.System,
                    () => provider.GetRequiredService<OperatorState>().IsLeader)
                {
                    Transport = cloud => cluster.Writes.Watching(
                        shard, CloudHttp.CreateHandler(cloud, new CloudDialer(AllowedClouds.Anywhere))),
                }));
            // A busy machine must not lose a Lease.
            var election = Host.Services.GetRequiredService<OperatorSettings>().LeaderElection;
            (election.LeaseDuration, election.RenewDeadline, election.RetryPeriod) =
                (TimeSpan.FromSeconds(24), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(0.5));
        }

        public string Name { get; }

        public IHost Host { get; }

        public RecordingLogger Log { get; } = new();

        public bool IsLeader => !isStopped && Host.Services.GetRequiredService<OperatorState>().IsLeader;

        public string Metrics => Host.Services.GetRequiredService<MetricCollector>().Collect();

        /// <summary>The sum of all series of a metric.</summary>
        public double Sum(string metric) => Metrics.Split('\n')
            .Where(line => line.StartsWith(metric + "{", StringComparison.Ordinal)
                || line.StartsWith(metric + " ", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

        public Task LeadsAsync() => Eventually.TrueAsync(() => IsLeader, $"{Name} works", seconds: 400);

        public async Task StopAsync()
        {
            if (isStopped) return;
            isStopped = true;
            await Host.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)Host).DisposeAsync();
        }
    }
}
