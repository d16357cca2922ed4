using System.Text.Json.Nodes;
using ImageTagOperator.Hosting.Metrics;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Tests.Scenarios;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ImageTagOperator.Tests.Faults;

/// <summary>At each call that a reconcile makes to the world around it in turn, something is thrown that nobody foresaw. Each time people
/// are told, in the status and by an Event and a metric, and when it is over all is as if it had never been.</summary>
public sealed class UnforeseenTests
{
    private const string Name = "ubuntu";

    /// <summary>More calls than any of these stories takes.</summary>
    private const int Enough = 80;

    public static TheoryData<string> Stories => ["create", "change", "delete"];

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task Whatever_is_thrown_wherever_ends_in_a_condition_an_Event_and_a_recovery(string story)
    {
        var struck = new List<string>();
        for (var at = 1; await PlayAsync(story, at) is { } what; at++)
        {
            struck.Add(what);
            Assert.True(at < Enough, $"{story} never came to an end: {string.Join(", ", struck)}");
        }

        // Each kind of call was struck.
        string[] expected = ["read the Secret", "send POST tokens", "hear of POST tokens", "send PUT lts", "hear of PUT lts",
            "publish TagsAdded", "ask for the time", "write status True InSync"];
        if (story == "delete") expected = [
            "send DELETE golden", "hear of DELETE golden", "publish TagsRemoved", "write the finalizers", "ask for the time"];
        Assert.All(expected, what => Assert.Contains(what, struck));
    }

    /// <summary>What was struck; null when the story was over before that.</summary>
    private static async Task<string?> PlayAsync(string story, int at)
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("ubuntu", "foreign");
        var set = world.Set(Name, image.Id, story == "change" ? ["golden"] : ["golden", "lts"]);
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        if (story != "create")
        {
            await using (await RunningOperator.StartAsync(world, null)) await world.ReadyAsync(Name, "True");
            if (story == "change") await world.EditAsync(Name, new JsonObject { ["tags"] = new JsonArray("golden", "lts") });
            else await world.DeleteAsync(Name);
        }

        var saboteur = new Saboteur(at);
        await using var running = await RunningOperator.StartAsync(world, saboteur);
        if (story == "delete")
        {
            await world.GoneAsync(Name);
            Assert.Equal(["foreign"], image.Tags);
        }
        else
        {
            await world.UntilAsync(
                () => world.GetAsync(Name),
                now => ImageTagOperator.Scenarios.World.Ready(now) is { Status: "True" } ready
                    && ready.ObservedGeneration == now.Metadata.Generation
                    && (saboteur.Struck is null || saboteur.EventsAfter.Contains("Normal Recovered")),
                $"{story} to recover from a strike at call {at}",
                now => $"struck: {saboteur.Struck}; {string.Join("; ", saboteur.StatusesAfter)}; {string.Join(", ", saboteur.EventsAfter)}");
            Assert.Equal(["foreign", "golden", "lts"], image.Tags.Order());
        }

        if (saboteur.Struck is not { } what) return null;
        Assert.True(saboteur.StatusesAfter is [var first, ..] && first.StartsWith("Unknown InternalError", StringComparison.Ordinal),
            $"{what}: the statuses after it are {string.Join("; ", saboteur.StatusesAfter)}");
        Assert.Contains(nameof(UnforeseenException), saboteur.StatusesAfter[0], StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", string.Join("; ", saboteur.StatusesAfter), StringComparison.Ordinal);
        Assert.Contains("Warning InternalError", saboteur.EventsAfter);
        Assert.Equal(1, running.InternalErrors);
        return what;
    }

    /// <summary>An operator in this process. It ends without finishing what it is at.</summary>
    private sealed class RunningOperator(IHost app) : IAsyncDisposable
    {
        public double InternalErrors => app.Services.GetRequiredService<MetricCollector>().Collect().Split('\n')
            .Where(line => line.StartsWith("imagetags_internal_errors_total{", StringComparison.Ordinal))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));

        public static async Task<RunningOperator> StartAsync(SandboxWorld world, Saboteur? saboteur)
        {
            var app = Hosting.OperatorHost.Build(
                new OperatorOptions { Namespaces = [world.Namespace], HealthAddress = "http://127.0.0.1:0" },
                KubernetesClientConfiguration.Build(world.Kubeconfig),
                time: saboteur is null ? null : new SabotagedClock(saboteur),
                replace: services =>
                {
                    if (saboteur is not null) Sabotage(services, saboteur);
                });
            await app.StartAsync(TestContext.Current.CancellationToken);
            return new RunningOperator(app);
        }

        public async ValueTask DisposeAsync()
        {
            await app.StopAsync(new CancellationToken(canceled: true));
            await ((IAsyncDisposable)app).DisposeAsync();
        }

        private static void Sabotage(IServiceCollection services, Saboteur saboteur)
        {
            var client = services.Last(service => service.ServiceType == typeof(IKubernetesClient));
            var events = services.Last(service => service.ServiceType == typeof(EventPublisher));
            services.AddSingleton<IKubernetesClient>(
                provider => new SabotagedKubernetes((KubernetesClient)client.ImplementationFactory!(provider), saboteur));
            services.AddSingleton(provider => new CloudSessions(new CloudLimits(), TimeProvider.System)
            {
                Transport = cloud => new SabotagedCloud(CloudHttp.CreateHandler(cloud, new CloudDialer(AllowedClouds.Anywhere)), saboteur),
            });
            services.AddSingleton<EventPublisher>(provider =>
            {
                var inner = (EventPublisher)events.ImplementationFactory!(provider);
                return (entity, reason, message, type, cancellationToken) =>
                {
                    if (reason != "InternalError") saboteur.Call($"publish {reason}");
                    saboteur.NoteEvent($"{type} {reason}");
                    return inner(entity, reason, message, type, cancellationToken);
                };
            });
        }
    }
}
