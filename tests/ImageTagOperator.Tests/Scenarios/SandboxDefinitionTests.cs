using System.Text.Json.Nodes;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Scenarios;
using ImageTagOperator.Tests.Commands;
using ImageTagOperator.Tests.Kubernetes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary>A new operator in a cluster with an older definition.</summary>
public sealed class SandboxDefinitionTests
{
    [Theory]
    [InlineData("images")]
    [InlineData("cloud")]
    [InlineData("projectId")]
    [InlineData("images.managedTags")]
    public async Task Nothing_is_written_with_a_definition_without_managedTags_until_the_new_one_is_applied(string missing)
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var definition = Definition();
        world.Cluster.Apply(Definition(missing));

        var image = world.Cloud.AddImage("outdated");
        await world.StartOperatorAsync();
        await world.CreateAsync(world.Set("outdated", image.Id, "golden"));
        var refused = await world.ReadyAsync("outdated", "False", "DefinitionOutdated");
        Assert.EndsWith("image-tag-operator crd | kubectl apply -f -", World.Ready(refused)!.Message, StringComparison.Ordinal);
        MessageRules.Check(refused);
        for (var look = 1; look <= 2; look++)
        {
            var before = Recordings();
            await world.RequestAsync("outdated", $"{look}");
            await ImageTagOperator.Scenarios.Eventually.HoldsAsync(
                () => Task.FromResult(Recordings()), count => count > before, "another try to record", count => $"there were {count}");
        }

        Assert.DoesNotContain(world.Cloud.Calls.Writes, call => call.Method is "PUT" or "DELETE");
        Assert.Empty(image.Tags);

        world.Cluster.Apply(definition);
        await world.RequestAsync("outdated", "now");
        await world.ReadyAsync("outdated", "True");
        Assert.Equal(["golden"], image.Tags);

        int Recordings() => world.Cluster.Calls.Matching("PUT", "*/imagetagsets/outdated/status").Count;
    }

    [Theory]
    [InlineData("lastVerifiedTime", "lastVerifiedReason", "lastVerifiedGeneration")]
    [InlineData("images.pending", "tagCount")]
    [InlineData("observedGeneration")]
    public async Task A_definition_without_informational_fields_costs_no_writes_and_is_reported_once(params string[] missing)
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        world.Cluster.Apply(Definition(missing));
        var image = world.Cloud.AddImage("outdated", "a/b");
        var log = new RecordingLogger();
        using var app = await StartAsync(world, log);
        var set = world.Set("outdated", image.Id, "golden");
        set.Spec.IgnoreTags = ["nothing"];
        await world.CreateAsync(set);
        await world.ReadyAsync("outdated", "False", "TagNotRemovable");
        await LookAsync("first");
        var before = Writes();
        for (var look = 1; look <= 5; look++) await LookAsync($"{look}");

        Assert.Equal(before, Writes());
        var reported = Assert.Single(
            log.Entries, entry => entry.Message.Contains("CustomResourceDefinition", StringComparison.Ordinal)).Message;
        Assert.EndsWith("Apply the right one: image-tag-operator crd | kubectl apply -f -", reported, StringComparison.Ordinal);
        Assert.Contains(
            missing, field => reported.Contains($"status.{field.Replace(".", "[].", StringComparison.Ordinal)}", StringComparison.Ordinal));

        int Writes() => world.Cluster.Calls.Matching("PUT", "*/imagetagsets/outdated/status").Count;

        // The operator's own write comes before the next reconcile.
        async Task LookAsync(string at)
        {
            var reads = Reads();
            await world.RequestAsync("outdated", at);
            await ImageTagOperator.Scenarios.Eventually.HoldsAsync(
                () => Task.FromResult(Reads()), count => count > reads, "another look", count => $"there were {count}");
        }

        int Reads() => world.Cloud.Calls.Matching("GET", "*/images*").Count;
    }

    [Fact]
    public async Task Check_names_the_missing_fields_of_an_older_definition_and_the_command()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        using var run = new CommandRun();
        var (_, fine, _) = await run.TypeAsync($"check --kubeconfig {world.Kubeconfig} --leader-elect-namespace default");
        Assert.Contains("ok    the definition of ImageTagSet is of this version\n", fine, StringComparison.Ordinal);
        world.Cluster.Apply(Definition("lastVerifiedTime", "images.pending"));
        var (code, output, _) = await run.TypeAsync($"check --kubeconfig {world.Kubeconfig} --leader-elect-namespace default");
        Assert.Equal(1, code);
        Assert.Contains(
            "FAIL  the definition of ImageTagSet is of this version: it lacks status.images[].pending, status.lastVerifiedTime. Update "
                + "it: image-tag-operator crd | kubectl apply -f -\n",
            output,
            StringComparison.Ordinal);
    }

    /// <summary>The definition without some fields of the status.</summary>
    private static JsonObject Definition(params string[] missing)
    {
        var definition = KubernetesYaml.LoadAll(CrdCommand.Yaml(withRules: false))[0].AsObject();
        var fields = definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["status"]![
            "properties"]!.AsObject();
        foreach (var path in missing)
        {
            if (path.Split('.') is [var list, var inner]) fields[list]!["items"]!["properties"]!.AsObject().Remove(inner);
            else fields.Remove(path);
        }

        return definition;
    }

    private static async Task<IHost> StartAsync(SandboxWorld world, RecordingLogger log)
    {
        var app = Hosting.OperatorHost.Build(
            new OperatorOptions { Namespaces = [world.Namespace], HealthAddress = "http://127.0.0.1:0" },
            KubernetesClientConfiguration.Build(world.Kubeconfig),
            logging => logging.AddProvider(log));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
