using System.Text.Json;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using Xunit;
using k8s;
using k8s.Models;

namespace ImageTagOperator.Scenarios;

/// <summary>An ImageTagSet is a plain object of KubernetesClient: programs can use the package's own client for it.</summary>
public abstract class PackageClientScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Fact]
    public async Task The_client_of_the_package_lists_and_patches_ImageTagSets()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var world = await CreateWorldAsync();
        using var client = new k8s.Kubernetes(k8s.KubernetesClientConfiguration.BuildConfigFromConfigFile(world.Kubeconfig));
        var declared = world.Set("by-package", "an-image", "golden");
        declared.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(declared);

        var list = await client.CustomObjects.ListNamespacedCustomObjectAsync<ImageTagSetList>(
            V1Alpha1ImageTagSet.Group, V1Alpha1ImageTagSet.Version, world.Namespace, "imagetagsets", cancellationToken: cancel);
        var listed = Assert.Single(list.Items);
        Assert.Equal(
            ("by-package", world.Namespace, 1), (listed.Metadata.Name, listed.Metadata.NamespaceProperty, listed.Metadata.Generation));
        Assert.Equal(DateTimeKind.Utc, listed.Metadata.CreationTimestamp!.Value.Kind);
        Assert.Equal(
            (TagPolicy.Additive, "an-image", "golden"), (listed.Spec.Policy, listed.Spec.Image.Name, Assert.Single(listed.Spec.Tags)));

        var patch = JsonSerializer.Serialize(
            new { metadata = new { resourceVersion = listed.Metadata.ResourceVersion }, spec = new { tags = new[] { "golden", "lts" } } });
        var patched = await client.CustomObjects.PatchNamespacedCustomObjectAsync<V1Alpha1ImageTagSet>(
            new V1Patch(patch, V1Patch.PatchType.MergePatch), V1Alpha1ImageTagSet.Group, V1Alpha1ImageTagSet.Version, world.Namespace,
                "imagetagsets", "by-package", cancellationToken: cancel);
        Assert.Equal(["golden", "lts"], patched.Spec.Tags);
        Assert.Equal(["golden", "lts"], (await world.GetAsync("by-package")).Spec.Tags);
    }

    public sealed class ImageTagSetList : KubernetesObject
    {
        public V1ListMeta Metadata { get; set; } = new();

        public IList<V1Alpha1ImageTagSet> Items { get; set; } = [];
    }
}
