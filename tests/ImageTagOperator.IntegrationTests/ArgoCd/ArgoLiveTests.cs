using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Scenarios;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.IntegrationTests.ArgoCd;

/// <summary>Real sets, reconciled by the operator on real servers, evaluated by the scripts as a user puts them into argocd-cm.</summary>
public sealed class ArgoLiveTests
{
    private static readonly string[] Running = ["reconcile", "suspend"];
    private static readonly string[] Suspended = ["resume"];

    [Fact]
    public async Task Argo_CD_shows_the_message_of_the_operator()
    {
        await using var world = await RealWorld.CreateAsync();
        var argo = await InstallAsync(world);
        var nobody = Guid.NewGuid().ToString();
        var image = await world.Glance.CreateImageAsync("ready", "nightly");
        var observed = await world.Glance.CreateImageAsync("observed", "golden");
        var drifting = await world.Glance.CreateImageAsync("drifting", "nightly");
        await world.Kubernetes.CreateAsync(new V1Secret
        {
            Metadata = new() { Name = "unreachable", NamespaceProperty = world.Namespace },
            StringData = new Dictionary<string, string> { [
                "clouds.yaml"] = "clouds: {demo: {auth: {auth_url: 'http://127.0.0.1:9/v3', username: u, password: p, project_name: p, "
                + "user_domain_name: Default, project_domain_name: Default}}}" },
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
        await ShowAsync([new("ready", "Progressing", "Waiting for image-tag-operator", Running)]);

        var process = await world.StartOperatorAsync();
        await world.ReadyAsync("leaving", "Unknown", "Suspended");
        await world.DeleteAsync("leaving");
        await ShowAsync(
        [
            new("ready", "Healthy", "1 image with 1 declared tag in place", Running),
            new("rival", "Degraded", $"Conflict: ImageTagSet {world.Namespace}/ready is older", Running),
            new("missing", "Degraded", "ImageNotFound: ", Running),
            new("waiting", "Progressing", "ImageNotActive: ", Running),
            new("invalid", "Degraded", "InvalidSpec: spec.tags", Running),
            new("secretless", "Degraded", "SecretNotFound: ", Running),
            new("unreachable", "Progressing", "Transient: ", Running),
            new("observed", "Healthy", "1 image with 1 declared tag in place", Running),
            new("drifted", "Suspended", "Drifted: 2 tags would change on image 'drifting'", Running),
            new("suspended", "Suspended", "spec.suspend is true", Suspended),
            new("leaving", "Progressing", "Being deleted", []),
        ]);

        Assert.Equal(0, await process.StopAsync());
        await world.EditAsync("ready", new JsonObject { ["tags"] = new JsonArray("lts") });
        await ShowAsync([new("ready", "Progressing", "Waiting for image-tag-operator", Running)]);

        Task CreateAsync(string name, string imageId, Action<V1Alpha1ImageTagSet>? change = null)
        {
            var set = world.Set(name, imageId, "golden");
            change?.Invoke(set);
            return world.CreateAsync(set);
        }

        Task ShowAsync(Shown[] expected) => world.UntilAsync(
            async () =>
            {
                var sets = JsonNode.Parse(await KubectlAsync(world, "get", "its", "-o", "json"))!["items"]!.AsArray();
                return await Task.WhenAll(
                    expected.Select(one => SeeAsync(sets.Single(set => (string?)set!["metadata"]!["name"] == one.Name)!)));
            },
            seen => seen.Zip(expected).All(pair => pair.First.Is(pair.Second)),
            "all sets to be shown as they should",
            seen => string.Join("\n", seen.Zip(expected).Where(pair => !pair.First.Is(pair.Second))
                .Select(pair => $"{pair.First} instead of {pair.Second}")));

        async Task<Shown> SeeAsync(JsonNode set)
        {
            var health = await argo.HealthAsync(set);
            return new Shown(
                (string)set["metadata"]!["name"]!, (string)health["status"]!, (string)health["message"]!, await argo.OfferedAsync(set));
        }
    }

    [Fact]
    public async Task Actions_do_what_their_names_say()
    {
        await using var world = await RealWorld.CreateAsync();
        var argo = await InstallAsync(world);
        await world.StartOperatorAsync();
        var image = await world.Glance.CreateImageAsync("acted", "nightly");
        var set = world.Set("acted", image, "golden");
        (set.Spec.Interval, set.Spec.Policy) = ("1h", TagPolicy.Additive); // only the actions trigger a reconcile
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

        // Returns which parts of the object were sent.
        async Task<IEnumerable<string>> ActAsync(string action)
        {
            var live = await LiveAsync(world, "acted");
            Assert.Contains(action, await argo.OfferedAsync(live));
            var patch = MergePatch.Between(live, (await argo.ActAsync(action, live)).AsObject());
            await KubectlAsync(world, "patch", "its", "acted", "--type=merge", "--patch", patch.ToJsonString());
            return patch.Select(field => field.Key);
        }
    }

    /// <summary>Merged into existing settings, as the head of argocd-cm.yaml says.</summary>
    private static async Task<ArgoSettings> InstallAsync(World world)
    {
        await KubectlAsync(world, "create", "configmap", "argocd-cm", "--from-literal=url=https://argocd.example.com");
        await KubectlAsync(
            world, "patch", "configmap", "argocd-cm", "--type=merge", "--patch-file", Path.Combine(ArgoSettings.Folder, "argocd-cm.yaml"));
        var data = JsonNode.Parse(await KubectlAsync(world, "get", "configmap", "argocd-cm", "-o", "json"))!["data"]!.AsObject();
        Assert.Equal("https://argocd.example.com", (string)data["url"]!);
        return new ArgoSettings(data.ToDictionary(entry => entry.Key, entry => (string)entry.Value!));
    }

    private static async Task<JsonObject> LiveAsync(World world, string name) =>
        JsonNode.Parse(await KubectlAsync(world, "get", "its", name, "-o", "json"))!.AsObject();

    private static Task<string> KubectlAsync(World world, params string[] arguments) =>
        Shell.RunAsync("kubectl", ["-n", world.Namespace, .. arguments]);

    /// <summary>A set in Argo CD's resource tree.</summary>
    private sealed record Shown(string Name, string Status, string Message, IReadOnlyList<string> Actions)
    {
        /// <param name="expected">Contains the beginning of the message.</param>
        public bool Is(Shown expected) =>
            Status == expected.Status && Message.StartsWith(expected.Message, StringComparison.Ordinal)
                && Actions.SequenceEqual(expected.Actions);

        public override string ToString() => $"{Name}: {Status} ({Message}) [{string.Join(", ", Actions)}]";
    }
}
