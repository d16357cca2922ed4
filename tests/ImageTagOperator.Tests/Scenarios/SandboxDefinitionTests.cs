using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary>A new operator in a cluster that still has the definition of an old one.</summary>
public sealed class SandboxDefinitionTests
{
    [Fact]
    public async Task Without_a_place_to_record_what_it_manages_nothing_is_written_until_the_definition_is_applied()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var definition = KubernetesYaml.LoadAll(CrdCommand.Yaml())[0].AsObject();
        var old = definition.DeepClone().AsObject();
        var schema = old["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!;
        schema["properties"]!["status"]!["properties"]!.AsObject().Remove("images");
        world.Cluster.Apply(old);

        var image = world.Cloud.AddImage("outdated");
        await world.StartOperatorAsync();
        await world.CreateAsync(world.Set("outdated", image.Id, "golden"));
        var refused = await world.ReadyAsync("outdated", "False", "DefinitionOutdated");
        Assert.EndsWith("image-tag-operator crd | kubectl apply -f -", World.Ready(refused)!.Message, StringComparison.Ordinal);
        Assert.Empty(image.Tags);

        world.Cluster.Apply(definition);
        await world.RequestAsync("outdated", "now");
        await world.ReadyAsync("outdated", "True");
        Assert.Equal(["golden"], image.Tags);
    }
}
