using System.Text.Json;
using ImageTagOperator.Entities;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Sandbox.Kubernetes;
using ImageTagOperator.Tests.Kubernetes;
using ImageTagOperator.Tests.Scenarios;
using Xunit;

namespace ImageTagOperator.Tests.Commands;

/// <summary>Commands that query a cluster: <c>status</c>, and <c>plan --from-cluster</c>.</summary>
public sealed class ClusterTests
{
    [Fact]
    public async Task Status_shows_sets_images_and_pending_changes()
    {
        await using var world = await SandboxWorld.CreateAsync(CloudFlavor.OpenStack);
        using var run = Run(world);
        await CreateSetAsync(world, "ubuntu", ("True", "InSync", "1 image with 1 declared tag in place."),
            new ImageState { Id = Id(1), Name = "ubuntu-24.04", ManagedTags = ["golden"] });
        await CreateSetAsync(
            world, "watched", ("False", "Drifted", "2 tags would change on image 'a': +x, -y."),
            new ImageState { Id = Id(2), Name = "a", ManagedTags = [], Pending = new PendingTags { Add = ["x"], Remove = ["y"] } },
            new ImageState { Id = Id(3), Name = "b", ManagedTags = ["x"] });
        await world.CreateAsync(world.Set("new", "nothing", "golden"));
        run.Normalise(world.Namespace, "images");
        await run.IsGoldenAsync("status", "status");
        await run.IsGoldenAsync("status-wide", "status -A -o wide");
        await run.IsGoldenAsync("status-terminal", "status", isTerminal: true);
        await run.IsGoldenAsync("status-json", "status -o json");
    }

    [Fact]
    public async Task A_cluster_without_the_definition_gets_an_error_that_names_it()
    {
        await using var kubernetes = await SandboxKubernetes.StartAsync();
        using var run = new CommandRun();
        run.Write("kubeconfig", kubernetes.Kubeconfig);
        var (code, output, error) = await run.TypeAsync("status --kubeconfig " + Path.Combine(run.Folder, "kubeconfig"));
        Assert.Equal((1, "", "The cluster does not know ImageTagSets. Apply the definition: image-tag-operator crd | kubectl apply -f -\n"),
            (code, output, error));
    }

    [Fact]
    public async Task A_plan_from_the_cluster_uses_the_managed_tags_and_the_claims_of_other_sets()
    {
        await using var world = await SandboxWorld.CreateAsync(CloudFlavor.OpenStack);
        using var run = Run(world);
        var (one, two) = (world.Cloud.AddImage("one", "mine", "theirs"), world.Cloud.AddImage("two", "x"));
        var set = await world.CreateAsync(world.Set("one", "one", "mine"));
        set.Status.Images = [new ImageState { Id = one.Id, ManagedTags = ["mine"] }];
        set.Status.ObservedGeneration = set.Metadata.Generation;
        await world.Kubernetes.UpdateStatusAsync(set);
        await world.CreateAsync(world.Set("neighbour", two.Id, "x"));
        var manifests = Manifests.Documents(
            Manifests.Set("one", "name: one", "'new'", "policy: Additive"), Manifests.Set("two", $"id: {two.Id}", "z"))
            .Replace("namespace: images", $"namespace: {world.Namespace}", StringComparison.Ordinal);
        var (code, output, error) = await run.TypeAsync("plan --from-cluster -f -", manifests);
        Assert.Equal("", error);
        Assert.Contains("+     new\n-     mine\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("theirs", output, StringComparison.Ordinal);
        Assert.Contains($"! Conflict: ImageTagSet {world.Namespace}/neighbour is older", output, StringComparison.Ordinal);
        Assert.Equal(1, code);
        Assert.DoesNotContain(
            world.Cluster.Calls.Writes, call => call.UserAgent?.StartsWith("image-tag-operator-cli/", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_missing_Secret_is_named()
    {
        await using var world = await SandboxWorld.CreateAsync(CloudFlavor.OpenStack);
        using var run = Run(world);
        await world.DeleteSecretAsync();
        var (code, output, _) = await run.TypeAsync("plan --from-cluster -o json -f -", Manifests.Set("one", "name: one", "x")
            .Replace("namespace: images", $"namespace: {world.Namespace}", StringComparison.Ordinal));
        var set = JsonDocument.Parse(output).RootElement.GetProperty("sets")[0];
        Assert.Equal((1, "SecretNotFound"), (code, set.GetProperty("reason").GetString()!));
    }

    [Theory]
    [InlineData("plan")]
    [InlineData("apply")]
    public async Task A_command_leaves_no_connection_to_the_cluster_open(string command)
    {
        await using var kubernetes = await SandboxKubernetes.StartAsync();
        using var run = new CommandRun();
        run.Write("kubeconfig", kubernetes.Kubeconfig);
        run.Environment["KUBECONFIG"] = Path.Combine(run.Folder, "kubeconfig");
        // The definition is missing, which ends the command early.
        await run.TypeAsync($"{command} --from-cluster -f -", Manifests.Set("one", "name: one", "x"));
        Assert.NotEmpty(kubernetes.Calls.All);
        await Eventually.TrueAsync(() => kubernetes.OpenConnections == 0, "no open connection");

        await using var world = await SandboxWorld.CreateAsync(CloudFlavor.OpenStack);
        using var other = Run(world);
        var before = world.Cluster.OpenConnections;
        await other.TypeAsync($"{command} --from-cluster -f -", Manifests.Set("one", "name: one", "x")
            .Replace("namespace: images", $"namespace: {world.Namespace}", StringComparison.Ordinal));
        await Eventually.TrueAsync(() => world.Cluster.OpenConnections <= before, "no open connection of the command");
    }

    private static CommandRun Run(SandboxWorld world)
    {
        var run = new CommandRun();
        run.Write("kubeconfig", File.ReadAllText(world.Kubeconfig)
            .Replace("namespace: default", $"namespace: {world.Namespace}", StringComparison.Ordinal));
        run.Environment["KUBECONFIG"] = Path.Combine(run.Folder, "kubeconfig");
        return run;
    }

    private static string Id(int number) => $"00000000-0000-0000-0000-{number:d12}";

    private static async Task CreateSetAsync(
        SandboxWorld world, string name, (string Status, string Reason, string Message) ready, params ImageState[] images)
    {
        var set = await world.CreateAsync(world.Set(name, "nothing", "golden"));
        set.Status = new ImageTagSetStatus
        {
            ObservedGeneration = set.Metadata.Generation,
            Conditions = [new() { Type = "Ready", Status = ready.Status, Reason = ready.Reason, Message = ready.Message,
                LastTransitionTime = DateTimeOffset.UnixEpoch }],
            Images = images,
            ImageCount = images.Length,
            LastVerifiedTime = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero),
            TagCount = images.Sum(image => image.ManagedTags!.Count),
        };
        await world.Kubernetes.UpdateStatusAsync(set);
    }
}
