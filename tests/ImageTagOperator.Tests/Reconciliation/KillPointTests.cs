using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Scenarios;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>The operator crashes at each point between two of its requests in turn, before and after the server does the work of the
/// request, and a new process takes over. The final state is the same for every point, and no undeclared tag was ever touched.</summary>
public sealed class KillPointTests
{
    private const string Name = "ubuntu";

    /// <summary>More requests than any of these stories needs.</summary>
    private const int Enough = 40;

    private static readonly Fault ResetBeforeWork = new() { ResetBeforeWork = true };
    private static readonly Fault ResetAfterWork = new() { ResetAfterWork = true };

    public static MatrixTheoryData<string, bool> Stories =>
        new(["create", "change", "move", "delete", "restore", "withdraw"], [false, true]);

    [Theory]
    [MemberData(nameof(Stories))]
    public async Task The_next_process_reaches_the_same_state_after_a_crash_at_any_point(string story, bool crashAfterWork)
    {
        var point = 1;
        for (; await RunAsync(story, point, crashAfterWork); point++) Assert.True(point < Enough, $"{story} did not end");
        Assert.True(point > 4, $"{story} has only {point - 1} points");
    }

    /// <summary>False when the story ended before the point was reached.</summary>
    private static async Task<bool> RunAsync(string story, int point, bool crashAfterWork)
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("ubuntu", "foreign", "golden");
        var second = world.Cloud.AddImage("second", "foreign");
        var bystander = world.Cloud.AddImage("bystander", "foreign", "golden");
        var set = world.Set(Name, image.Id, "golden", "lts");
        set.Spec.Policy = TagPolicy.Additive;
        if (story == "restore") set.Spec.DeletionPolicy = TagDeletionPolicy.Restore;
        await world.CreateAsync(set);
        if (story is not ("create" or "withdraw"))
        {
            await using (await StartAsync(world)) await world.ReadyAsync(Name, "True");
            await EditAsync(world, story, second);
        }

        var requests = 0;
        foreach (var server in new SandboxServer[] { world.Cluster, world.Cloud }) server.Faults.Decide = Count;
        await using (await StartAsync(world))
        {
            await world.UntilAsync(
                async () => requests >= point || await IsOverAsync(world, story == "withdraw" ? "create" : story, image, second),
                over => over,
                $"{story} to reach request {point}",
                _ => $"{requests} requests were made");
        }

        var crashed = requests >= point;
        foreach (var server in new SandboxServer[] { world.Cluster, world.Cloud }) server.Faults.Decide = null;
        // No process runs meanwhile: only the status shows that a tag that may be on the image is managed by the set.
        if (story == "withdraw") await world.EditAsync(Name, new JsonObject { ["tags"] = new JsonArray("golden") });
        await using var next = await StartAsync(world);
        await world.UntilAsync(
            () => IsOverAsync(world, story, image, second),
            over => over,
            $"{story} to end as it should after it crashed {(crashAfterWork ? "after" : "before")} the work of request {point}",
            _ => $"the images have [{string.Join(", ", image.Tags)}] and [{string.Join(", ", second.Tags)}]");
        Assert.Equal(["foreign", "golden"], bystander.Tags.Order());
        Assert.Equal(3, world.Cloud.Images.Count);
        return crashed;

        // After the point, no request of the operator gets through. The test's own calls do not count.
        Fault? Count(Call call)
        {
            if (call.UserAgent?.StartsWith("image-tag-operator/", StringComparison.Ordinal) != true
                || call.Target.Contains("watch=", StringComparison.Ordinal)) return null;
            var number = Interlocked.Increment(ref requests);
            return number < point ? null : number == point && crashAfterWork ? ResetAfterWork : ResetBeforeWork;
        }
    }

    private static Task EditAsync(SandboxWorld world, string story, SandboxImage second) => story switch
    {
        "change" => world.EditAsync(Name, new JsonObject { ["tags"] = new JsonArray("lts", "stable") }),
        "move" => world.EditAsync(Name, new JsonObject { ["image"] = new JsonObject { ["id"] = second.Id } }),
        _ => world.DeleteAsync(Name),
    };

    private static async Task<bool> IsOverAsync(SandboxWorld world, string story, SandboxImage image, SandboxImage second)
    {
        var (expected, expectedOfSecond) = story switch
        {
            "create" => ("foreign golden lts", "foreign"),
            "change" => ("foreign lts stable", "foreign"),
            "move" => ("foreign", "foreign golden lts"),
            "delete" => ("foreign", "foreign"),
            "withdraw" => ("foreign golden", "foreign"),
            _ => ("foreign golden", "foreign"),
        };
        if (Tags(image) != expected || Tags(second) != expectedOfSecond) return false;
        var set = await world.Kubernetes.GetAsync<V1Alpha1ImageTagSet>(Name, world.Namespace);
        return story is "delete" or "restore"
            ? set is null
            : World.Ready(set!) is { Status: "True" } ready && ready.ObservedGeneration == set!.Metadata.Generation
                && set.Status.Images is [{ } state]
                && state.ManagedTags!.SequenceEqual(set.Spec.Tags.Order());

        static string Tags(SandboxImage image) => string.Join(' ', image.Tags.Order());
    }

    /// <summary>An operator in this process. It ends without completing its work.</summary>
    private static async Task<IAsyncDisposable> StartAsync(SandboxWorld world)
    {
        var app = Hosting.OperatorHost.Build(
            new OperatorOptions { Namespaces = [world.Namespace], HealthAddress = "http://127.0.0.1:0" },
            KubernetesClientConfiguration.Build(world.Kubeconfig));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Ending(app);
    }

    private sealed class Ending(IHost app) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await app.StopAsync(new CancellationToken(canceled: true));
            await ((IAsyncDisposable)app).DisposeAsync();
        }
    }
}
