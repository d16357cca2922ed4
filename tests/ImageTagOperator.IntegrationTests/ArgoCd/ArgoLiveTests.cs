using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.IntegrationTests.ArgoCd;

/// <summary>Real sets, as the operator leaves them on real servers, through the scripts as a user puts them into argocd-cm.</summary>
public sealed class ArgoLiveTests
{
    private static readonly string[] Running = ["reconcile", "suspend"];
    private static readonly string[] Suspended = ["resume"];

    [Fact]
    public async Task Argo_CD_sees_what_the_operator_says()
    {
        await using var world = await RealWorld.CreateAsync();
        var argo = await InstallAsync(world);
        var nobody = Guid.NewGuid().ToString();
        var image = await world.Glance.CreateImageAsync("ready", "nightly");
        var observed = await world.Glance.CreateImageAsync("observed", "golden");
        var drifting = await world.Glance.CreateImageAsync("drifting", "nightly");
        await world.Kubernetes.CreateAsync(new V1Secret
        {
            Metadata = { Name = "unreachable", Namespace = world.Namespace },
            StringData = new Dictionary<string, string> { ["clouds.yaml"] = "clouds: {demo: {auth: {auth_url: 'http://127.0.0.1:9/v3', username: u, password: p, project_name: p, user_domain_name: Default, project_domain_name: Default}}}" },
        });

        await CreateAsync("ready", image);
        await CreateAsync("rival", image);
        await CreateAsync("missing", nobody);
        await CreateAsync("waiting", await world.Glance.CreateQueuedImageAsync("waiting"));
        await CreateAsync("invalid", nobody, set => set.Spec.Tags = ["golden", "Golden"]);
        await CreateAsync("secretless", nobody, set => set.Spec.CloudCredentialsRef.SecretName = "nowhere");
        await CreateAsync("unreachable", nobody, set => set.Spec.CloudCredentialsRef.SecretName = "unreachable");
        await CreateAsync("observed", observed, set => set.Spec.Mode = TagSetMode.Observe);
        await CreateAsync("drifted", drifting, set => set.Spec.Mode = TagSetMode.Observe);
        await CreateAsync("suspended", drifting, set => set.Spec.Suspend = true);
        await CreateAsync("leaving", drifting, set => (set.Spec.Suspend, set.Metadata.Finalizers) = (true, ["example.com/held"]));
        await ShowsAsync("ready", "Progressing", "Waiting for image-tag-operator", Running);

        var process = await world.StartOperatorAsync();
        await world.ReadyAsync("leaving", "Unknown", "Suspended");
        await world.DeleteAsync("leaving");
        await ShowsAsync("ready", "Healthy", "1 image with 1 declared tag in place", Running);
        await ShowsAsync("rival", "Degraded", $"Conflict: ImageTagSet {world.Namespace}/ready is older", Running);
        await ShowsAsync("missing", "Degraded", "ImageNotFound: ", Running);
        await ShowsAsync("waiting", "Progressing", "ImageNotActive: ", Running);
        await ShowsAsync("invalid", "Degraded", "InvalidSpec: spec.tags", Running);
        await ShowsAsync("secretless", "Degraded", "SecretNotFound: ", Running);
        await ShowsAsync("unreachable", "Progressing", "Transient: ", Running);
        await ShowsAsync("observed", "Healthy", "1 image with 1 declared tag in place", Running);
        await ShowsAsync("drifted", "Suspended", "Drifted: 2 tags would change on image 'drifting'", Running);
        await ShowsAsync("suspended", "Suspended", "spec.suspend is true", Suspended);
        await ShowsAsync("leaving", "Progressing", "Being deleted", []);

        Assert.Equal(0, await process.StopAsync());
        await world.EditAsync("ready", new JsonObject { ["tags"] = new JsonArray("lts") });
        await ShowsAsync("ready", "Progressing", "Waiting for image-tag-operator", Running);

        Task CreateAsync(string name, string imageId, Action<V1Alpha1ImageTagSet>? change = null)
        {
            var set = world.Set(name, imageId, "golden");
            change?.Invoke(set);
            return world.CreateAsync(set);
        }

        Task ShowsAsync(string name, string status, string message, IReadOnlyList<string> actions) => world.UntilAsync(
            async () =>
            {
                var set = await LiveAsync(world, name);
                return (Health: await argo.HealthAsync(set), Offered: await argo.OfferedAsync(set));
            },
            seen => (string)seen.Health["status"]! == status && ((string)seen.Health["message"]!).StartsWith(message, StringComparison.Ordinal) && seen.Offered.SequenceEqual(actions),
            $"set {name} to be {status} ({message}) and to offer [{string.Join(", ", actions)}]",
            seen => $"it is {seen.Health.ToJsonString()} and offers [{string.Join(", ", seen.Offered)}]");
    }

    [Fact]
    public async Task Actions_do_what_they_are_called()
    {
        await using var world = await RealWorld.CreateAsync();
        var argo = await InstallAsync(world);
        await world.StartOperatorAsync();
        var image = await world.Glance.CreateImageAsync("acted", "nightly");
        var set = world.Set("acted", image, "golden");
        (set.Spec.Interval, set.Spec.Policy) = ("1h", TagPolicy.Additive); // nobody but the actions has it looked at
        await world.CreateAsync(set);
        await world.ReadyAsync("acted", "True");

        Assert.Equal(["spec"], await ActAsync("suspend"));
        await world.ReadyAsync("acted", "Unknown", "Suspended");
        await world.Glance.SetTagsAsync(image, "nightly");

        Assert.Equal(["spec"], await ActAsync("resume"));
        await world.ReadyAsync("acted", "True");
        await world.TagsAsync(image, "golden", "nightly");

        await world.Glance.SetTagsAsync(image, "nightly");
        Assert.Equal(["metadata"], await ActAsync("reconcile"));
        await world.TagsAsync(image, "golden", "nightly");
        Assert.Equal(["golden"], (await world.GetAsync("acted")).Spec.Tags);

        // Gives back which parts of the object were sent.
        async Task<IEnumerable<string>> ActAsync(string action)
        {
            var live = await LiveAsync(world, "acted");
            Assert.Contains(action, await argo.OfferedAsync(live));
            var patch = MergePatch.Between(live, (await argo.ActAsync(action, live)).AsObject());
            await KubectlAsync(world, "patch", "its", "acted", "--type=merge", "--patch", patch.ToJsonString());
            return patch.Select(field => field.Key);
        }
    }

    /// <summary>As the head of argocd-cm.yaml says, over settings that were there before.</summary>
    private static async Task<ArgoSettings> InstallAsync(World world)
    {
        await KubectlAsync(world, "create", "configmap", "argocd-cm", "--from-literal=url=https://argocd.example.com");
        await KubectlAsync(world, "patch", "configmap", "argocd-cm", "--type=merge", "--patch-file", Path.Combine(ArgoSettings.Folder, "argocd-cm.yaml"));
        var data = JsonNode.Parse(await KubectlAsync(world, "get", "configmap", "argocd-cm", "-o", "json"))!["data"]!.AsObject();
        Assert.Equal("https://argocd.example.com", (string)data["url"]!);
        return new ArgoSettings(data.ToDictionary(entry => entry.Key, entry => (string)entry.Value!));
    }

    private static async Task<JsonObject> LiveAsync(World world, string name) =>
        JsonNode.Parse(await KubectlAsync(world, "get", "its", name, "-o", "json"))!.AsObject();

    private static Task<string> KubectlAsync(World world, params string[] arguments) => Shell.RunAsync("kubectl", ["-n", world.Namespace, .. arguments]);
}
