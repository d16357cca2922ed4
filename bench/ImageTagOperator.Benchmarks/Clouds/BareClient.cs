using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.OpenStack.Configuration;

namespace ImageTagOperator.Benchmarks.Clouds;

/// <summary>An HTTP client that sends the minimum of requests, as a baseline.</summary>
internal sealed class BareClient : IDisposable
{
    /// <summary>The operator's default for concurrent requests to a cloud and concurrent reconciles.</summary>
    public const int Concurrency = 8;

    private static readonly ParallelOptions SideBySide = new() { MaxDegreeOfParallelism = Concurrency };

    private readonly HttpClient http = new();

    private BareClient(string authUrl, string imageUrl, string token)
    {
        (AuthUrl, ImageUrl) = (authUrl, imageUrl);
        http.DefaultRequestHeaders.Add("X-Auth-Token", token);
    }

    /// <summary>Keystone's address, ending in <c>/v3</c>.</summary>
    public string AuthUrl { get; }

    /// <summary>Ends in <c>/v2</c>.</summary>
    public string ImageUrl { get; }

    public static async Task<BareClient> LoginAsync(string cloudsYaml, string cloudName)
    {
        var cloud = CloudsYaml.Parse(cloudsYaml, cloudName);
        var credential = (PasswordCredential)cloud.Credential;
        var domain = new JsonObject { ["id"] = "default" };
        var user = new JsonObject { ["name"] = credential.Username, ["domain"] = domain, ["password"] = credential.Password };
        var login = new JsonObject
        {
            ["identity"] = new JsonObject
            {
                ["methods"] = new JsonArray("password"),
                ["password"] = new JsonObject { ["user"] = user },
            },
            ["scope"] = new JsonObject
            {
                ["project"] = new JsonObject { ["name"] = cloud.Scope.ProjectName, ["domain"] = domain.DeepClone() },
            },
        };
        using var http = new HttpClient();
        using var body = new StringContent(new JsonObject { ["auth"] = login }.ToJsonString(), Encoding.UTF8, "application/json");
        var authUrl = cloud.AuthUrl.AbsoluteUri.TrimEnd('/');
        using var answer = await http.PostAsync(new Uri(authUrl + "/auth/tokens"), body);
        var catalog = JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!["token"]!["catalog"]!.AsArray();
        var endpoints = catalog.Single(service => (string?)service!["type"] == "image")!["endpoints"]!.AsArray();
        var imageUrl = (string)endpoints.First(endpoint => (string?)endpoint!["interface"] == "public")!["url"]!;
        return new BareClient(authUrl, imageUrl.TrimEnd('/') + "/v2", answer.Headers.GetValues("X-Subject-Token").Single());
    }

    /// <summary>Sends the PUTs. Those of one image are sequential, because Glance loses tags that are written concurrently.</summary>
    public Task TagAsync(IEnumerable<string> images, IReadOnlyList<string> tags) =>
        Parallel.ForEachAsync(images, SideBySide, async (image, _) =>
        {
            foreach (var tag in tags) await SendAsync(HttpMethod.Put, $"{ImageUrl}/images/{image}/tags/{tag}", null);
        });

    /// <summary>Reads each image and its tags; false when a tag is missing.</summary>
    public async Task<bool> CheckAsync(IEnumerable<string> images, IReadOnlyList<string> tags)
    {
        var lacking = 0;
        await Parallel.ForEachAsync(images, SideBySide, async (image, _) =>
        {
            var live = (await SendAsync(HttpMethod.Get, $"{ImageUrl}/images/{image}", null))!["tags"]!.AsArray();
            if (tags.Except(live.Select(tag => (string)tag!)).Any()) Interlocked.Increment(ref lacking);
        });
        return lacking == 0;
    }

    public async Task UploadAsync(string image)
    {
        using var content = new ByteArrayContent(new byte[64]) { Headers = { { "Content-Type", "application/octet-stream" } } };
        using var answer = await http.PutAsync(new Uri($"{ImageUrl}/images/{image}/file"), content);
        answer.EnsureSuccessStatusCode();
    }

    public async Task<JsonNode?> SendAsync(HttpMethod method, string url, JsonNode? body, string contentType = "application/json")
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(
                Encoding.UTF8.GetBytes(body.ToJsonString())) { Headers = { { "Content-Type", contentType } } };
        }

        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return !answer.IsSuccessStatusCode
            ? throw new InvalidOperationException($"{method} {url} -> {(int)answer.StatusCode}: {text}")
            : text.Length == 0 ? null : JsonNode.Parse(text);
    }

    public void Dispose() => http.Dispose();
}
