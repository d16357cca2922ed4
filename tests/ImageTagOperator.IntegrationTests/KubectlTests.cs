using System.Text.RegularExpressions;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.IntegrationTests;

/// <summary>Commands of users, with the real kubectl.</summary>
public sealed class KubectlTests
{
    [Fact]
    public async Task The_commands_of_the_readme_work_from_apply_to_delete()
    {
        await using var world = await RealWorld.CreateAsync();
        var image = await world.Glance.CreateImageAsync("ubuntu-24.04", "nightly");
        await world.StartOperatorAsync();

        await Kubectl(world, "apply", "-f", Path.Combine(RealServers.Root, "config", "samples", "imagetagset.yaml"));
        await Kubectl(world, "wait", "imagetagset/ubuntu-24.04", "--for=condition=Ready", "--timeout=60s");
        Assert.Equal(["golden", "lts"], (await world.Glance.GetTagsAsync(image)).Order());

        var table = await Kubectl(world, "get", "imagetagsets");
        Assert.Matches(@"^NAME\s+READY\s+IMAGES\s+TAGS\s+REASON\s+VERIFIED\s+AGE\s*\n", table);
        Assert.Matches(@"\nubuntu-24\.04\s+True\s+1\s+2\s+InSync\s+\d+s\s+\d+s", table);
        Assert.Equal(table.Split('\n')[0], (await Kubectl(world, "get", "its")).Split('\n')[0]);

        await world.UntilAsync(
            () => Kubectl(world, "describe", "its", "ubuntu-24.04"),
            described => described.Contains("Added golden, lts to image 'ubuntu-24.04'", StringComparison.Ordinal)
                && described.Contains("Removed nightly from image 'ubuntu-24.04'", StringComparison.Ordinal),
            "kubectl describe to show the events",
            described => described);

        await Kubectl(world, "delete", "imagetagset", "ubuntu-24.04", "--timeout=60s");
        Assert.Empty(await world.Glance.GetTagsAsync(image));
    }

    [Fact]
    public async Task The_crd_command_prints_what_kubectl_applies_and_what_is_committed()
    {
        await RealServers.DefinedAsync();
        var printed = await Shell.RunAsync(OperatorProcess.Executable, ["crd", "--no-cel"]);
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(RealServers.Root, "config", "crds", "no-cel", "imagetags.io_imagetagsets.yaml")),
            printed);
        Assert.Contains("imagetagsets.imagetags.io unchanged", await Shell.RunAsync("kubectl", ["apply", "-f", "-"], printed),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_samples_are_accepted()
    {
        await RealServers.DefinedAsync();
        var output = await Shell.RunAsync(
            "kubectl", ["apply", "--dry-run=server", "-f", Path.Combine(RealServers.Root, "config", "samples")]);
        Assert.Equal(2, output.Split('\n').Count(line => line.Contains("(server dry run)", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("imagetagset.spec.tags", "printable ASCII")]
    [InlineData("imagetagset.spec.policy", "Additive")]
    [InlineData("imagetagset.spec.cloudCredentialsRef.secretName", "clouds.yaml")]
    [InlineData("imagetagset.spec.image", "Exactly one of id, name and selector")]
    [InlineData("imagetagset.status.images.managedTags", "answers for")]
    public async Task Explain_shows_the_description_of_a_field(string field, string expected)
    {
        await RealServers.DefinedAsync();
        // An API server publishes the schema of a new definition a few seconds after it serves the resource.
        await Eventually.HoldsAsync(
            async () => Regex.Replace((await Shell.TryAsync("kubectl", ["explain", field])).Output, @"\s+", " "),
            explained => explained.Contains(expected, StringComparison.Ordinal),
            $"kubectl explain {field} to say '{expected}'",
            explained => $"it says: {explained}");
    }

    [Theory]
    [InlineData("image: {}", "spec.image")]
    [InlineData("image: {id: 6f2b0d0e-4f1c-4f57-9a0b-2f6f3f6c1c11, name: x}", "spec.image")]
    [InlineData("image: {id: not-a-uuid}", "spec.image.id")]
    [InlineData("image: {name: x}\n  policy: Sometimes", "spec.policy")]
    [InlineData("image: {name: x}\n  interval: soon", "spec.interval")]
    [InlineData("image: {name: x}\n  maxRemovals: -1", "spec.maxRemovals")]
    [InlineData("image: {name: x}\n  tags: [a, a]", "spec.tags")]
    [InlineData("image: {name: x}\n  tags: ['a/b']", "spec.tags")]
    [InlineData("image: {name: x}\n  tags: ['..']", "spec.tags")]
    [InlineData("image: {name: x}\n  tags: ['']", "spec.tags")]
    public async Task The_schema_refuses_invalid_specs_and_names_the_field(string spec, string field)
    {
        await RealServers.DefinedAsync();
        var manifest = $"""
            apiVersion: imagetags.io/v1alpha1
            kind: ImageTagSet
            metadata: {"{"}name: refused, namespace: default{"}"}
            spec:
              cloudCredentialsRef: {"{"}secretName: s, cloudName: c{"}"}
            {(spec.Contains("tags:", StringComparison.Ordinal) ? "" : "  tags: []\n")}  {spec}
            """;
        var (code, output) = await Shell.TryAsync("kubectl", ["apply", "-f", "-"], manifest);
        Assert.NotEqual(0, code);
        Assert.Contains(field, output, StringComparison.Ordinal);
    }

    private static Task<string> Kubectl(World world, params string[] arguments) =>
        Shell.RunAsync("kubectl", ["-n", world.Namespace, .. arguments]);
}
