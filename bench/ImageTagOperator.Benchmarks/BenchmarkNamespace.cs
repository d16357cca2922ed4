using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Crds;

namespace ImageTagOperator.Benchmarks;

/// <summary>A new namespace on a real API server, and the definition of benchmark sets. Both are deleted at the end, with all their
/// objects.</summary>
internal sealed class BenchmarkNamespace : IAsyncDisposable
{
    private const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

    private const string Definition = Definitions + "/benchmarksets.bench.imagetags.io";

    /// <summary>The label of the namespaces of benchmark runs.</summary>
    private const string Label = "bench.imagetags.io";

    private readonly KubernetesClientConfiguration configuration;

    private BenchmarkNamespace(KubernetesClientConfiguration configuration, string name)
    {
        (this.configuration, Name) = (configuration, name);
        Client = new KubernetesClient(configuration, BenchmarkSetJson.Default, "benchmark/1");
    }

    public string Name { get; }

    public KubernetesClient Client { get; }

    /// <summary>The URL of the sets.</summary>
    public string Sets => Url($"/apis/bench.imagetags.io/v1/namespaces/{Name}/benchmarksets");

    public static async Task<BenchmarkNamespace> CreateAsync(KubernetesClientConfiguration configuration)
    {
        var place = new BenchmarkNamespace(configuration, $"benchmark-{Guid.NewGuid():N}"[..20]);
        using var http = await place.HttpAsync();
        while (!await place.DefineAsync(http)) await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        using var made = await http.PostAsync(new Uri(place.Url("/api/v1/namespaces")), Json(Namespace(place.Name)));
        made.EnsureSuccessStatusCode();
        // The resource is served some moments after the definition is stored.
        while (true)
        {
            using var answer = await http.GetAsync(new Uri(place.Sets + "?limit=1"));
            if (answer.IsSuccessStatusCode) return place;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    /// <summary>A bare client with the same TLS and token.</summary>
    public async Task<HttpClient> HttpAsync()
    {
        var http = new HttpClient(HttpHandlerFactory.Create(configuration)) { DefaultRequestVersion = HttpVersion.Version20 };
        var credential = await configuration.Credentials.GetAsync(TimeProvider.System, false, CancellationToken.None);
        http.DefaultRequestHeaders.Authorization = credential.Token is { } token ? new AuthenticationHeaderValue("Bearer", token) : null;
        return http;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var http = await HttpAsync();
        if (Items(await http.GetStringAsync(new Uri(Url($"/api/v1/namespaces?labelSelector={Label}")))) <= 1)
        {
            // The server deletes the objects asynchronously.
            (await http.DeleteAsync(new Uri(Url(Definition)))).Dispose();
        }
        else
        {
            // Another run still needs the definition. One request may time out before all objects are deleted.
            while (Items(await http.GetStringAsync(new Uri(Sets + "?limit=1"))) > 0) (await http.DeleteAsync(new Uri(Sets))).Dispose();
        }

        (await http.DeleteAsync(new Uri(Url($"/api/v1/namespaces/{Name}")))).Dispose();
        var finalized = Namespace(Name);
        finalized["spec"] = new JsonObject { ["finalizers"] = new JsonArray() };
        // No namespace controller runs that would do it.
        (await http.PutAsync(new Uri(Url($"/api/v1/namespaces/{Name}/finalize")), Json(finalized))).Dispose();
    }

    // <summary>False while the definition of an earlier run is being deleted.</summary>
    private async Task<bool> DefineAsync(HttpClient http)
    {
        using var defined = await http.PostAsync(
            new Uri(Url(Definitions)), Json(CustomResourceDefinition.Generate<BenchmarkSet>(BenchmarkSet.Json)));
        if (defined.StatusCode != HttpStatusCode.Conflict)
        {
            defined.EnsureSuccessStatusCode();
            return true;
        }

        using var present = await http.GetAsync(new Uri(Url(Definition)));
        return present.IsSuccessStatusCode
            && JsonNode.Parse(await present.Content.ReadAsStringAsync())?["metadata"]?["deletionTimestamp"] is null;
    }

    private static JsonObject Namespace(string name) =>
        new() { ["apiVersion"] = "v1", ["kind"] = "Namespace",
            ["metadata"] = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [Label] = "" } } };

    private static int Items(string list) => JsonNode.Parse(list)?["items"]?.AsArray().Count ?? 0;

    private static StringContent Json(JsonObject manifest) => new(manifest.ToJsonString(), Encoding.UTF8, "application/json");

    private string Url(string path) => configuration.Server.AbsoluteUri.TrimEnd('/') + path;
}
