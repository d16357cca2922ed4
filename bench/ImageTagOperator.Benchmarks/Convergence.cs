using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Commands;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Sandbox.Kubernetes;

namespace ImageTagOperator.Benchmarks;

/// <summary>From N sets of five tags on N bare images to all tags in place, beside a bare HTTP client that sends just the PUTs. Both talk to
/// the embedded cloud, with the same number of images worked on at a time.</summary>
internal sealed class Convergence : Benchmark
{
    private const int Parallel = 8;     // the operator's default number of workers

    private static readonly string[] Tags = ["golden", "lts", "cis-2026.1", "kernel-6.12", "stable"];

    public override async Task<IReadOnlyList<Row>> MeasureAsync() => [.. await MeasureAsync(10), .. await MeasureAsync(100)];

    private static async Task<IReadOnlyList<Row>> MeasureAsync(int images)
    {
        var bare = await BareAsync(images);
        await using var kubernetes = await SandboxKubernetes.StartAsync();
        await using var cloud = await SandboxCloud.StartAsync();
        var made = Enumerable.Range(0, images).Select(i => cloud.AddImage($"image-{i}")).ToArray();
        kubernetes.Apply(KubernetesYaml.LoadAll(CrdCommand.Yaml())[0].AsObject());
        kubernetes.Apply(Secret(cloud.CloudsYaml));

        var kubeconfig = Path.GetTempFileName();
        await File.WriteAllTextAsync(kubeconfig, kubernetes.Kubeconfig);
        using var process = Process.Start(new ProcessStartInfo(
            Path.Combine(AppContext.BaseDirectory, "image-tag-operator"),
            ["run", "--kubeconfig", kubeconfig, "--health-address", "http://127.0.0.1:0", "--log-level", "Error"]))!;
        try
        {
            await UntilAsync(() => kubernetes.OpenWatches > 0, "the operator watches");
            var clock = Stopwatch.StartNew();
            foreach (var image in made) kubernetes.Apply(Set(image));
            await UntilAsync(() => made.All(image => image.Tags.Count == Tags.Length), "all tags are in place");
            var seconds = clock.Elapsed.TotalSeconds;
            await UntilAsync(() => kubernetes.List("imagetagsets").All(IsReady), "all sets are ready");
            var requests = cloud.Calls.All.Count;

            cloud.Calls.Clear();
            foreach (var image in made) kubernetes.Apply(Requested(image));
            await UntilAsync(() => cloud.Calls.All.Count >= images, "each image is looked at again");
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);     // whatever else there might be
            return
            [
                new($"time to converge {images} images x 5 tags", seconds, "s", "a bare client that sends the PUTs", seconds / bare),
                new($"requests to converge {images} images x 5 tags", requests, "requests", "the PUTs needed", (double)requests / (images * Tags.Length)),
                new($"requests per set with nothing to do ({images} sets)", (double)cloud.Calls.All.Count / images, "requests"),
            ];
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
            File.Delete(kubeconfig);
        }
    }

    private static async Task<double> BareAsync(int images)
    {
        await using var cloud = await SandboxCloud.StartAsync();
        var made = Enumerable.Range(0, images).Select(i => cloud.AddImage($"image-{i}")).ToArray();
        using var http = new HttpClient();
        var login = new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject { ["user"] = new JsonObject { ["name"] = "demo", ["domain"] = new JsonObject { ["id"] = "default" }, ["password"] = "demo-secret" } },
                },
                ["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = "demo", ["domain"] = new JsonObject { ["id"] = "default" } } },
            },
        };
        var clock = Stopwatch.StartNew();
        using var body = new StringContent(login.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(cloud.Url + "/identity/v3/auth/tokens"), body);
        http.DefaultRequestHeaders.Add("X-Auth-Token", answer.EnsureSuccessStatusCode().Headers.GetValues("X-Subject-Token"));
        await System.Threading.Tasks.Parallel.ForEachAsync(made, new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (image, cancellationToken) =>
        {
            foreach (var tag in Tags)
            {
                using var put = await http.PutAsync(new Uri($"{cloud.Url}/image/v2/images/{image.Id}/tags/{tag}"), null, cancellationToken);
                put.EnsureSuccessStatusCode();
            }
        });
        return clock.Elapsed.TotalSeconds;
    }

    private static JsonObject Set(SandboxImage image) => new()
    {
        ["apiVersion"] = "imagetags.io/v1alpha1",
        ["kind"] = "ImageTagSet",
        ["metadata"] = new JsonObject { ["name"] = image.Name, ["namespace"] = "default" },
        ["spec"] = new JsonObject
        {
            ["cloudCredentialsRef"] = new JsonObject { ["secretName"] = "openstack-clouds", ["cloudName"] = "demo" },
            ["image"] = new JsonObject { ["id"] = image.Id },
            ["tags"] = new JsonArray([.. Tags]),
            ["interval"] = "1h",
        },
    };

    private static JsonObject Requested(SandboxImage image)
    {
        var set = Set(image);
        set["metadata"]!["annotations"] = new JsonObject { ["imagetags.io/requested-at"] = "now" };
        return set;
    }

    private static JsonObject Secret(string cloudsYaml) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Secret",
        ["metadata"] = new JsonObject { ["name"] = "openstack-clouds", ["namespace"] = "default" },
        ["data"] = new JsonObject { ["clouds.yaml"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(cloudsYaml)) },
    };

    private static bool IsReady(JsonObject set) =>
        set["status"]?["conditions"]?.AsArray().Any(condition => (string?)condition!["type"] == "Ready" && (string?)condition["status"] == "True") == true;
}
