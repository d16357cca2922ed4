using System.Text.RegularExpressions;
using Xunit;

namespace ImageTagOperator.IntegrationTests.ArgoCd;

/// <summary>Fields that the operator and the API server add to a set are not a diff to Git. kubectl compares as Argo CD does: with the last
/// applied configuration, or by a dry run of a server-side apply (Argo CD's ServerSideDiff).</summary>
public sealed partial class ArgoSyncTests
{
    /// <summary>A set without defaults: every field is set.</summary>
    private const string Explicit = """
        apiVersion: imagetags.io/v1alpha1
        kind: ImageTagSet
        metadata:
          name: explicit
        spec:
          cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo, profile: OpenStack}
          image:
            selector: {names: [NAME-a, NAME-a-*], visibility: shared, status: active, tags: [nightly], newest: 1}
          tags: [golden, lts]
          policy: Exact
          ignoreTags: [nightly]
          mode: Enforce
          deletionPolicy: Restore
          maxRemovals: 5
          interval: 1h
          suspend: false
        """;

    [Theory]
    [InlineData]
    [InlineData("--server-side", "--force-conflicts", "--field-manager=argocd-controller")]
    public async Task A_synced_set_stays_in_sync(params string[] way)
    {
        await using var world = await RealWorld.CreateAsync();
        await world.StartOperatorAsync();
        await world.Glance.CreateImageAsync(world.Namespace, "nightly");
        await world.Glance.CreateImageAsync(world.Namespace + "-a", "nightly");
        var manifests = string.Join("\n---\n",
            [Explicit, .. Directory.EnumerateFiles(Path.Combine(RealServers.Root, "config", "samples")).Order().Select(File.ReadAllText)])
            // Other tests have images of that name.
            .Replace("name: ubuntu-24.04\n  tags", $"name: {world.Namespace}\n  tags", StringComparison.Ordinal)
            .Replace("NAME", world.Namespace, StringComparison.Ordinal)
            .Replace("6f2b0d0e-4f1c-4f57-9a0b-2f6f3f6c1c11", await world.Glance.CreateImageAsync("additive", "nightly"),
                StringComparison.Ordinal);

        Assert.Equal(0, (await SyncAsync("apply")).Code);
        await KubectlAsync("wait", "its", "--all", "--for=condition=Ready", "--timeout=60s");
        Assert.Equal(["debian-12-cis", "explicit", "ubuntu-24.04"], (await NamesAsync()).Order());
        Assert.Equal((0, ""), await SyncAsync("diff"));

        // A change by one of Argo CD's actions is a diff only where Git has another value.
        foreach (var name in await NamesAsync())
        {
            await KubectlAsync("patch", "its", name, "--type=merge", "--patch",
                """{"spec":{"suspend":true},"metadata":{"annotations":{"imagetags.io/requested-at":"now"}}}""");
            await world.ReadyAsync(name, "Unknown", "Suspended");
        }

        var (code, difference) = await SyncAsync("diff");
        Assert.Equal(1, code);
        Assert.Equal(["-  suspend: true", "+  suspend: false"], Changes().Matches(difference).Select(line => line.Value)
            .Where(line => !line.Contains("generation:", StringComparison.Ordinal)));

        Task<(int Code, string Output)> SyncAsync(string command) =>
            Shell.TryAsync("kubectl", ["-n", world.Namespace, command, .. way, "-f", "-"], manifests);

        Task<string> KubectlAsync(params string[] arguments) => Shell.RunAsync("kubectl", ["-n", world.Namespace, .. arguments]);

        async Task<string[]> NamesAsync() => (await KubectlAsync("get", "its", "-o", "jsonpath={.items[*].metadata.name}")).Split(' ');
    }

    [GeneratedRegex(@"^[-+](?![-+]).*$", RegexOptions.Multiline)]
    private static partial Regex Changes();
}
