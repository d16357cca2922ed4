using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary>A new operator in a cluster that still has the definition of an old one.</summary>
public sealed class SandboxDefinitionTests
{
    [Theory]
    [InlineData("images")]
    [InlineData("cloud")]
    public async Task Without_a_place_to_record_what_it_manages_nothing_is_written_until_the_definition_is_applied(string missing)
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var definition = KubernetesYaml.LoadAll(CrdCommand.Yaml())[0].AsObject();
        var old = definition.DeepClone().AsObject();
        var schema = old["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;
        schema["properties"]!["status"]!["properties"]!.AsObject().Remove(missing);
        world.Cluster.Apply(old);

        var image = world.Cloud.AddImage("outdated");
        await world.StartOperatorAsync();
        await world.CreateAsync(world.Set("outdated", image.Id, "golden"));
        var refused = await world.ReadyAsync("outdated", "False", "DefinitionOutdated");
        Assert.EndsWith("image-tag-operator crd | kubectl apply -f -", World.Ready(refused)!.Message, StringComparison.Ordinal);
        for (var look = 1; look <= 2; look++)
        {
            var before = Recordings();
            await world.RequestAsync("outdated", $"{look}");
            await Eventually.HoldsAsync(() => Task.FromResult(Recordings()), count => count > before, "another try to record", count => $"there were {count}");
        }

        Assert.DoesNotContain(world.Cloud.Calls.Writes, call => call.Method is "PUT" or "DELETE");
        Assert.Empty(image.Tags);

        world.Cluster.Apply(definition);
        await world.RequestAsync("outdated", "now");
        await world.ReadyAsync("outdated", "True");
        Assert.Equal(["golden"], image.Tags);

        int Recordings() => world.Cluster.Calls.Matching("PUT", "*/imagetagsets/outdated/status").Count;
    }
}
