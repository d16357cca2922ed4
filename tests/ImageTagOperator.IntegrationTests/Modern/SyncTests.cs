using System.Text.Json.Nodes;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Modern;

/// <summary>Server-side apply as Argo CD and Flux use it, and lists that are streamed by a watch.</summary>
public sealed class SyncTests
{
    [Theory]
    [InlineData]
    [InlineData("--server-side", "--force-conflicts", "--field-manager=argocd-controller")]
    public async Task A_second_apply_changes_nothing(params string[] way)
    {
        await using var world = (ModernWorld)await ModernWorld.CreateAsync();
        var manifests = string.Join(
            "\n---\n",
            Directory.EnumerateFiles(Path.Combine(RealServers.Root, "config", "samples")).Order().Select(File.ReadAllText));
        await world.KubectlAsync(manifests, ["apply", .. way, "-f", "-"]);
        var first = await VersionsAsync();
        await world.KubectlAsync(manifests, ["apply", .. way, "-f", "-"]);
        Assert.Equal(first, await VersionsAsync());
        Assert.Equal((0, ""), await Shell.TryAsync(
            "kubectl", ["--kubeconfig", ModernWorld.ServerKubeconfig, "-n", world.Namespace, "diff", .. way, "-f", "-"], manifests));

        Task<string> VersionsAsync() => world.KubectlAsync(
            null, "get", "its", "-o", "jsonpath={range .items[*]}{.metadata.name} {.metadata.resourceVersion},{end}");
    }

    [Fact]
    public async Task Fields_of_the_operator_are_not_a_diff_and_not_changed_by_the_next_sync()
    {
        await using var world = (ModernWorld)await ModernWorld.CreateAsync();
        var image = await world.Glance.CreateImageAsync(world.Namespace);
        var manifest = $$"""
            apiVersion: imagetags.io/v1alpha1
            kind: ImageTagSet
            metadata: {name: synced}
            spec:
              cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
              image: {id: {{image}}}
              tags: [lts, golden]
            """;
        string[] way = ["--server-side", "--force-conflicts", "--field-manager=argocd-controller"];
        await world.KubectlAsync(manifest, ["apply", .. way, "-f", "-"]);
        await world.StartOperatorAsync();
        await world.ReadyAsync("synced", "True");
        var version = (await world.GetAsync("synced")).Metadata.ResourceVersion;
        await world.KubectlAsync(manifest, ["apply", .. way, "-f", "-"]);
        Assert.Equal(version, (await world.GetAsync("synced")).Metadata.ResourceVersion);
        Assert.Equal((0, ""), await Shell.TryAsync(
            "kubectl", ["--kubeconfig", ModernWorld.ServerKubeconfig, "-n", world.Namespace, "diff", .. way, "-f", "-"], manifest));
        Assert.Equal(["lts", "golden"], (await world.GetAsync("synced")).Spec.Tags);
    }

    [Fact]
    public async Task Each_tag_has_its_own_field_owner()
    {
        await using var world = (ModernWorld)await ModernWorld.CreateAsync();
        await ApplyAsync("one", "golden", "lts");
        await ApplyAsync("two", "lts", "stable");
        Assert.Equal(["golden", "lts", "stable"], (await world.GetAsync("shared")).Spec.Tags.Order());
        await ApplyAsync("one", "lts");
        Assert.Equal(["lts", "stable"], (await world.GetAsync("shared")).Spec.Tags.Order());

        Task ApplyAsync(string manager, params string[] tags) => world.KubectlAsync(
            $$"""
            apiVersion: imagetags.io/v1alpha1
            kind: ImageTagSet
            metadata: {name: shared}
            spec:
              cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
              image: {name: nothing}
              tags: [{{string.Join(", ", tags)}}]
            """,
            "apply", "--server-side", $"--field-manager={manager}", "-f", "-");
    }

    [Fact]
    public async Task A_list_is_a_stream_that_ends_with_a_bookmark()
    {
        await using var world = (ModernWorld)await ModernWorld.CreateAsync();
        for (var i = 0; i < 3; i++) await world.CreateAsync(world.Set($"s{i}", "nothing", "golden"));
        var said = await world.KubectlAsync(
            null, "get", "--raw", $"/apis/imagetags.io/v1alpha1/namespaces/{world.Namespace}/imagetagsets?watch=true&sendInitialEvents=true"
                + "&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=3");
        var events = said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();
        Assert.Equal(["ADDED", "ADDED", "ADDED"], events.Take(3).Select(e => (string)e["type"]!));
        Assert.Equal("BOOKMARK", (string)events[3]["type"]!);
        Assert.Equal("true", (string)events[3]["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!);
    }
}
