using System.Diagnostics;
using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Sandbox.Kubernetes;

namespace ImageTagOperator.Sandbox.Demo;

/// <summary>The demo: runs the real operator between an embedded Kubernetes API and an embedded cloud, from declaration to
/// deletion.</summary>
internal sealed class DemoRun : IAsyncDisposable
{
    private const string Manifest =
        """
        apiVersion: imagetags.io/v1alpha1
        kind: ImageTagSet
        metadata:
          name: ubuntu-24.04
          namespace: default
        spec:
          cloudCredentialsRef:
            secretName: openstack-clouds
            cloudName: demo
          image:
            name: ubuntu-24.04
          tags: [golden, lts]
          interval: 10s
        """;

    private const string Next =
        """

        What to try next:
          make tour       cause drift, move a tag and break the credentials yourself, step by step
          make sandbox    the same two servers, for your own sets and commands
          docs/user-guide.md   a day of a platform team, command by command
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Story story = new();
    private readonly SandboxKubernetes kubernetes;
    private readonly SandboxCloud cloud;
    private readonly string executable;
    private readonly string kubeconfig = Path.GetTempFileName();
    private DemoOperator? running;

    private DemoRun(SandboxKubernetes kubernetes, SandboxCloud cloud, string executable) =>
        (this.kubernetes, this.cloud, this.executable) = (kubernetes, cloud, executable);

    /// <summary>Exit code: 0 when every step succeeded, else 1.</summary>
    public static async Task<int> RunAsync(string executable)
    {
        var clock = Stopwatch.StartNew();
        await using var job = new DemoRun(await SandboxKubernetes.StartAsync(), await SandboxCloud.StartAsync(), executable);
        try
        {
            await job.RunStepsAsync();
            Console.WriteLine($"\nDone in {clock.Elapsed.TotalSeconds:0} s. Nothing is left running.");
            Console.WriteLine(Next);
            return 0;
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            await Console.Error.WriteLineAsync($"\n{e.Message}\n\nThe operator's log:\n{job.running?.Log}");
            return 1;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (running is not null) await running.DisposeAsync();
        await kubernetes.DisposeAsync();
        await cloud.DisposeAsync();
        File.Delete(kubeconfig);
    }

    private async Task RunStepsAsync()
    {
        var image = cloud.AddImage("ubuntu-24.04", "nightly", "lts");

        story.Step("A Kubernetes API and an OpenStack cloud");
        story.Say(
            $"Kubernetes API at {kubernetes.Url}; Keystone and Glance at {cloud.Url}. Both are embedded here; the operator is the real one.");
        story.Tags("In the cloud,", image.Name!, image.Tags);

        story.Step("Install: the CustomResourceDefinition, the credentials, the operator");
        story.Show(
            "image-tag-operator crd | kubectl apply -f -\nkubectl create secret generic openstack-clouds "
            + "--from-file=clouds.yaml\nimage-tag-operator run");
        await InstallAsync();

        story.Step("Declare which tags the image should have");
        story.Show(Manifest);
        Apply(Manifest);
        await ReadyAsync();
        ShowCalls();
        story.Tags("Now", image.Name!, image.Tags);
        Expect(image, "golden", "lts");
        ShowSet();

        story.Step("Drift: somebody takes golden away and puts on 'broken' (past the operator, with the cloud's own tools)");
        cloud.Calls.Clear();
        image.SetTags("lts", "broken");
        story.Tags("For a moment", image.Name!, image.Tags);
        await UntilAsync(() => image.Tags.Order().SequenceEqual(["golden", "lts"]), "the drift to be corrected");
        await UntilAsync(() => Events().Any(e => e.Contains("TagsRemoved", StringComparison.Ordinal)
            && e.Contains("broken", StringComparison.Ordinal)), "an event about it");
        ShowCalls();
        story.Tags("At the next look, at most one interval (10 s) later,", image.Name!, image.Tags);

        story.Step("A mistake: a tag that clouds cannot tell from another");
        Apply(Manifest.Replace("[golden, lts]", "[golden, Golden, lts]", StringComparison.Ordinal));
        await UntilAsync(() => Ready()?["reason"]?.GetValue<string>() == "InvalidSpec", "the mistake to be refused");
        story.Say($"Ready=False: {Ready()!["message"]}");
        story.Tags("Untouched,", image.Name!, image.Tags);

        story.Step("Change the declaration");
        cloud.Calls.Clear();
        story.Show("tags: [golden, cis-2026.1]");
        Apply(Manifest.Replace("[golden, lts]", "[golden, cis-2026.1]", StringComparison.Ordinal));
        await ReadyAsync();
        ShowCalls();
        story.Tags("Now", image.Name!, image.Tags);
        Expect(image, "cis-2026.1", "golden");
        story.Say("What kubectl describe shows of it:");
        story.Show(string.Join("\n", Events()));

        story.Step("Delete the set: the tags that it manages go, the image stays");
        cloud.Calls.Clear();
        story.Show("kubectl delete imagetagset ubuntu-24.04");
        kubernetes.Delete("imagetagsets", "default", "ubuntu-24.04");
        await UntilAsync(() => kubernetes.Get("imagetagsets", "default", "ubuntu-24.04") is null, "the set to be gone");
        ShowCalls();
        story.Tags("Now", image.Name!, image.Tags);
        Expect(image);

        story.Step("Stop the operator");
        var code = await running!.StopAsync();
        story.Say($"It ended with exit code {code}.");
    }

    private async Task InstallAsync()
    {
        kubernetes.Apply(KubernetesYaml.LoadAll(await DemoOperator.OutputOfAsync(executable, "crd", "--no-cel"))[0].AsObject());
        kubernetes.Apply(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = "openstack-clouds", ["namespace"] = "default" },
            ["data"] = new JsonObject { ["clouds.yaml"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(cloud.CloudsYaml)) },
        });
        await File.WriteAllTextAsync(kubeconfig, kubernetes.Kubeconfig);
        running = DemoOperator.Start(executable, kubeconfig);
        await UntilAsync(() => kubernetes.OpenWatches > 0, "the operator to watch ImageTagSets");
        story.Say("The operator watches ImageTagSets.");
    }

    private void Apply(string manifest) => kubernetes.Apply(KubernetesYaml.LoadAll(manifest)[0].AsObject());

    private JsonNode? Set() => kubernetes.Get("imagetagsets", "default", "ubuntu-24.04");

    private JsonNode? Ready() => Set()?["status"]?["conditions"]?.AsArray()
        .FirstOrDefault(condition => (string?)condition!["type"] == "Ready");

    private Task ReadyAsync() => UntilAsync(
        () => (string?)Ready()?["status"] == "True" && (long?)Ready()!["observedGeneration"] == (long?)Set()!["metadata"]!["generation"],
        "the set to be Ready");

    private void ShowCalls()
    {
        foreach (var call in cloud.Calls.All) story.Call(call);
    }

    private void ShowSet() => story.Show($"kubectl get imagetagsets\n{kubernetes.Print("imagetagsets")}");

    private IReadOnlyList<string> Events() =>
        [.. kubernetes.List("events").Select(e => $"{e["type"]}  {e["reason"]}  {e["note"] ?? e["message"]}")];

    private static void Expect(SandboxImage image, params string[] tags)
    {
        if (!image.Tags.Order(StringComparer.Ordinal).SequenceEqual(tags)) throw new InvalidOperationException(
            $"image {image.Name} has [{string.Join(", ", image.Tags)}], not [{string.Join(", ", tags)}]");
    }

    private async Task UntilAsync(Func<bool> holds, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!holds())
        {
            if (running is { HasExited: true }) throw new InvalidOperationException($"the operator ended while the demo waited for {what}");
            if (clock.Elapsed > Patience) throw new TimeoutException($"waited {Patience.TotalSeconds:0} s for {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }
    }
}
