using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
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
using Microsoft.Extensions.Logging;
using Xunit;

namespace ImageTagOperator.Tests.Faults;

/// <summary>At each call that a reconcile makes to the world around it in turn, something is thrown that nobody foresaw. Each time people
/// are told, in the status and by an Event and a metric, and when it is over all is as if it had never been.</summary>
public sealed class UnforeseenTests
{
    private const string Name = "ubuntu";

    /// <summary>Most of a play is waiting.</summary>
    private const int AtATime = 24;

    private static readonly string[] Stories = ["newest", "move", "create", "delete", "retain"];

    /// <summary>Awaits that no story reaches: how they begin, and why.</summary>
    private static readonly (string Why, string[] Awaits)[] Unreached =
    [
        ("reports another Event than the stories have, in the same way", [
            "Announcer.cs: await publish(",
            "Announcer.cs: await ReportTagsAsync(",
            "ImageTagSetFinalizer.cs: await publish("]),
        ("reports a failure; when that fails too, the log has both", [
            "ImageTagSetController.cs: await announcer.ReportReadyAsync(", "ImageTagSetController.cs: await status.SaveAsync("]),
        ("waits for a turn or for time", [
            "CloudHost.cs: ", "CloudServer.cs: ", "FairSlots.cs: ", "ImageGate.cs: ", "TagApplier.cs: using", "SecretClouds.cs: await gate",
            "CloudHttp.cs: return await hosts.LargeAnswers",
            "ImageReader.cs: await Task.Yield", "ImageReader.cs: if (Terms", "Keystone.cs: await Task.Yield",
            "WrittenImages.cs: await Task.Yield", "ImageWrite.cs: await Task.Delay", "ImageWrite.cs: if (mayLag)", "BoundedBody.cs: if (acquireLarge"]),
        ("is inside the connection that is struck", ["CloudDialer.cs: ", "ProxyGuard.cs: ", "BoundedBody.cs: var read"]),
        ("belongs to the probe, which is no reconcile", [
            "ChangeHint.cs: ", "ImageReadings.cs: await session.Probe", "ImageReader.cs: if (await hint",
            "CloudSession.cs: await Images.Probe", "CloudSession.cs: var access"]),
        ("needs more images than the stories have", [
            "ImageReader.cs: var left", "ImageReader.cs: var found", "UnchangedReadings.cs: ", "ImageQueries.cs: list =", "ImageQueries.cs: && (missing.Length", "ImageQueries.cs: return await current",
            "ImageQueries.cs: await Task.Yield", "ImageQueries.cs: var some", "ImageQueries.cs: var list = await ListAsync([",
            "ImageApi.cs: var response = await ReadAsync(\"/v2/images?limit",
            "ImageQueries.cs: var alone", "WrittenImages.cs: return",
            "WrittenImages.cs: var listed"]),
        ("is struck in most runs; which of two sets is first is not determined", [
            "ImageNeighbours.cs: ", "VisibilityChecks.cs: ", "LeftImageFinder.cs: registered, by, image", "LeftImageFinder.cs: return (inspection, await LeaveAsync",
            "LeftImageFinder.cs: var leaving", "Observer.cs: leaving.Add"]),
        ("belongs to a namespace that is being deleted", ["ImageTagSetFinalizer.cs: return await ReleaseAsync(set, left, either"]),
        ("parses what was read, and nothing in there waits", ["SecretClouds.cs: return await FindAsync(secret"]),
        ("belongs to the command line", ["CloudSession.cs: public async Task<Uri> GetImageEndpointAsync"]),
        ("looks an image up in a way that only another kind of set uses", [
            "ImageQueries.cs: var named", "LeftImageFinder.cs: return new ImageReading("]),
        ("logs in for the second time in one request", [
            "ImageApi.cs: token =", "ImageApi.cs: return await SendOnceAsync", "ImageApi.cs: var token", "CloudSession.cs: var gate"]),
        ("needs another process that writes to the image at the same moment, or a write that is lost", [
            "ImageWrite.cs: if (!await ReadAsync(", "ImageWrite.cs: if (await Session.GetImageAsync(", "ImageWrite.cs: if ((mayLag",
            "ImageWrite.cs: return await ReadAsync", "ImageWrite.cs: share = await", "ImageWrite.cs: observed = observed with",
            "ImageWrite.cs: var share"]),
        ("is in generic code, whose lines are lost when it is optimised; all that is struck passes through it", ["Steps.cs: "]),
        ("reads the Secret again after a problem with it", ["SecretClouds.cs: return await FindAsync(set, reference, set.ChangedAt", "SecretClouds.cs: if (!await secrets", "SharedSecrets.cs: "]),
        ("belongs to shards", ["Observer.cs: var left = await leftImages.FindAsync(set, entity, by, [.. there"]),
        ("repeats a reconcile that found all in order, which no story waits for", [
            "RepeatedLooks.cs: ", "ImageTagSetController.cs: await looks", "ImageReadings.cs: return await session"]),
        ("uses a Secret that the story has read already", ["LeftImageFinder.cs: var option"]),
    ];

    [Fact]
    public async Task Whatever_is_thrown_wherever_ends_in_a_condition_an_Event_and_a_recovery()
    {
        var awaits = new AwaitCoverage();
        using var places = new SemaphoreSlim(AtATime);
        await Task.WhenAll(Stories.Select(story => SweepAsync(story, awaits, places)));
        var missed = awaits.Missed().Where(missed =>
            !Unreached.Any(group => group.Awaits.Any(start => missed.StartsWith(start, StringComparison.Ordinal))));
        Assert.True(!missed.Any(), "no exception came out of\n" + string.Join('\n', missed));
    }

    private static async Task SweepAsync(string story, AwaitCoverage awaits, SemaphoreSlim places)
    {
        var calls = (await PlayInTurnAsync(int.MaxValue)).Calls;
        var struck = (await Task.WhenAll(Enumerable.Range(1, calls).Select(PlayInTurnAsync))).Select(play => play.Struck).OfType<string>()
            .ToArray();

        // Each kind of call was struck.
        string[] expected = story switch
        {
            "delete" => ["send DELETE golden", "hear of DELETE golden", "publish TagsRemoved", "write the finalizers", "ask for the time"],
            "retain" => ["publish TagsRetained", "write the finalizers"],
            "create" => ["read the Secret", "send POST tokens", "hear of POST tokens", "send PUT lts", "hear of PUT lts",
                "publish TagsAdded", "ask for the time", "write status True InSync"],
            _ => [],        // two sets side by side: the order of calls differs from play to play
        };
        Assert.All(expected, what => Assert.Contains(what, struck));

        async Task<(string? Struck, int Calls)> PlayInTurnAsync(int at)
        {
            await places.WaitAsync(TestContext.Current.CancellationToken);
            try
            {
                return await PlayAsync(story, at, awaits);
            }
            finally
            {
                places.Release();
            }
        }
    }

    /// <returns>What was struck, null when the story was over before that; and how many calls it took.</returns>
    private static async Task<(string? Struck, int Calls)> PlayAsync(string story, int at, AwaitCoverage awaits)
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("ubuntu", "foreign");
        image.CreatedAt -= TimeSpan.FromHours(1);
        var second = story == "move" ? world.Cloud.AddImage("second", "foreign") : image;
        var set = world.Set(Name, image.Id, "golden", "lts");
        set.Spec.Policy = TagPolicy.Additive;
        if (story == "retain") set.Spec.DeletionPolicy = TagDeletionPolicy.Retain;
        if (story == "newest") set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = ["ubuntu*"], Newest = 1 } };
        await world.CreateOtherNamespaceAsync();
        if (story is "move" or "newest")
        {
            image.Visibility = "public";
            await world.Glance.SetPropertyAsync(image.Id, "role", "base");
        }

        await world.CreateAsync(set);
        if (story != "create")
        {
            await using (await RunningOperator.StartAsync(world, null)) await world.ReadyAsync(Name, "True");
            switch (story)
            {
                case "move":
                    await world.EditAsync(Name, MovedTo(second.Id));
                    break;
                case "newest":
                    second = world.Cloud.AddImage("ubuntu-2", "foreign");
                    await world.EditAsync(Name, OtherCredentials());
                    break;
                default:
                    await world.DeleteAsync(Name);
                    break;
            }
        }

        // Whether it counts has to be found out: no operator has looked at it yet.
        if (story is "move" or "newest") await world.CreateAsync(Neighbour(world));
        var saboteur = new Saboteur(at) { SparesTheClock = story is not ("create" or "delete") };
        await using var running = await RunningOperator.StartAsync(world, saboteur);
        if (story is "delete" or "retain")
        {
            await world.GoneAsync(Name);
            Assert.Equal(story == "delete" ? ["foreign"] : ["foreign", "golden", "lts"], image.Tags.Order());
        }
        else
        {
            await world.UntilAsync(
                () => world.GetAsync(Name),
                now => ImageTagOperator.Scenarios.World.Ready(now) is { Status: "True" } ready
                    && ready.ObservedGeneration == now.Metadata.Generation
                    && second.Tags.Contains("lts") && second.Tags.Contains("golden")
                    && saboteur.IsOver(),
                $"{story} to recover from a strike at call {at}",
                now => $"struck: {saboteur.Struck}; {string.Join("; ", saboteur.StatusesAfter)}; {string.Join(", ", saboteur.EventsAfter)}");
            Assert.Equal(["foreign", "golden", "lts"], second.Tags.Except(["theirs"]).Order());
            if (second != image) Assert.Equal(["foreign"], image.Tags.Except(["theirs"]));
        }

        awaits.Add(saboteur.Exceptions);
        if (saboteur.Struck is not { } what) return (null, saboteur.Calls);
        // A login or a reading that failed may have been for two sets.
        var failed = saboteur.StatusesAfter.GroupBy(status => status.Set, status => status.Ready)
            .Where(ofSet => ofSet.Any(ready => ready.Contains(nameof(UnforeseenException), StringComparison.Ordinal))).ToArray();
        Assert.True(failed is [_, ..] && failed.All(ofSet => ofSet.First().StartsWith("Unknown InternalError", StringComparison.Ordinal)),
            $"{what}: the statuses after it are {string.Join("; ", saboteur.StatusesAfter)}");
        Assert.DoesNotContain("s3cr3t", string.Join("; ", saboteur.StatusesAfter), StringComparison.Ordinal);
        Assert.Contains("Warning InternalError", saboteur.EventsAfter);
        Assert.Equal(failed.Length, running.InternalErrors);
        return (what, saboteur.Calls);
    }

    /// <summary>The other image, with other credentials. So the image that is left is read with both.</summary>
    private static JsonObject MovedTo(string imageId)
    {
        var moved = OtherCredentials();
        moved["image"] = new JsonObject { ["id"] = imageId };
        return moved;
    }

    private static JsonObject OtherCredentials() => new() { ["cloudCredentialsRef"] = new JsonObject { ["cloudName"] = "admin" } };

    /// <summary>A set of another namespace that means the image by other credentials, and by a property.</summary>
    private static V1Alpha1ImageTagSet Neighbour(SandboxWorld world)
    {
        var set = world.Set("theirs", "ubuntu", "theirs");
        set.Metadata.NamespaceProperty = world.OtherNamespace;
        set.Spec.CloudCredentialsRef.CloudName = "admin";
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Properties = new Dictionary<string, string> { ["role"] = "base" } } };
        set.Spec.Policy = TagPolicy.Additive;
        set.Spec.Interval = "1h";
        return set;
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
                new OperatorOptions { Namespaces = [world.Namespace, world.OtherNamespace], HealthAddress = "http://127.0.0.1:0" },
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
            services.AddSingleton<ILoggerProvider>(saboteur);
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
