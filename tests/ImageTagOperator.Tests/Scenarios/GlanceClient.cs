using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.OpenStack.Configuration;

namespace ImageTagOperator.Scenarios;

/// <summary>A client beside the operator: creates images and changes their tags in ways that the operator never uses.</summary>
public sealed class GlanceClient : IDisposable
{
    /// <summary>The prefix of this client's request ids, which identifies its calls in Glance's log.</summary>
    public const string RequestIdPrefix = "req-7e57c0de-";

    public const string UserAgent = "scenario";

    private readonly HttpClient http = new();
    private readonly string endpoint;
    private readonly ConcurrentBag<string> created = [];

    private GlanceClient(string endpoint, string token)
    {
        this.endpoint = endpoint;
        http.DefaultRequestHeaders.Add("X-Auth-Token", token);
        http.DefaultRequestHeaders.Add("User-Agent", UserAgent);
        http.DefaultRequestHeaders.Add("X-OpenStack-Request-ID", RequestIdPrefix + "0000-0000-0000-000000000000");
    }

    /// <summary>Logs in with the cloud's password.</summary>
    public static async Task<GlanceClient> LoginAsync(string cloudsYaml, string cloudName)
    {
        var cloud = CloudsYaml.Parse(cloudsYaml, cloudName);
        var user = (PasswordCredential)cloud.Credential;
        using var http = new HttpClient();
        // The body needs a Content-Length: PostAsJsonAsync sends chunks, which Keystone under uwsgi does not read.
        using var login = new StringContent(new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject { ["user"] = new JsonObject { ["name"] = user.Username,
                        ["domain"] = new JsonObject { ["id"] = "default" }, ["password"] = user.Password } },
                },
                ["scope"] = new JsonObject { ["project"] = new JsonObject { ["name"] = cloud.Scope.ProjectName,
                    ["domain"] = new JsonObject { ["id"] = "default" } } },
            },
        }.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(cloud.AuthUrl.AbsoluteUri + "/auth/tokens"), login);
        var body = (await JsonNode.ParseAsync(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync()))!;
        var service = body["token"]!["catalog"]!.AsArray().Single(s => (string?)s!["type"] == "image")!;
        var url = (string)service["endpoints"]!.AsArray().First(e => (string?)e!["interface"] == "public")!["url"]!;
        return new GlanceClient(url.TrimEnd('/') + "/v2", response.Headers.GetValues("X-Subject-Token").Single());
    }

    /// <summary>Creates an image with any tags, uploads a few bytes and waits until it is active.</summary>
    public async Task<string> CreateImageAsync(string name, params string[] tags)
    {
        var id = await CreateQueuedImageAsync(name, tags);
        await UploadAsync(id);
        return id;
    }

    /// <summary>An image without data: its status is <c>queued</c>.</summary>
    public async Task<string> CreateQueuedImageAsync(string name, params string[] tags)
    {
        var body = new JsonObject { ["name"] = name, ["disk_format"] = "raw", ["container_format"] = "bare",
            ["tags"] = new JsonArray([.. tags]) };
        var image = await SendAsync(HttpMethod.Post, "/images", body, "application/json");
        var id = (string)image!["id"]!;
        created.Add(id);
        return id;
    }

    /// <summary>Deletes the images that this client created, if they still exist.</summary>
    public async Task DeleteCreatedAsync()
    {
        foreach (var id in created) (await http.DeleteAsync(new Uri($"{endpoint}/images/{id}"))).Dispose();
    }

    public Task UploadAsync(string id) => UploadAsync(id, Task.CompletedTask);

    /// <summary>Uploads a few bytes, the second half after <paramref name="go"/> has completed.</summary>
    public async Task UploadAsync(string id, Task go)
    {
        using var content = new HalvedContent(go);
        content.Headers.ContentType = new("application/octet-stream");
        using var response = await http.PutAsync(new Uri($"{endpoint}/images/{id}/file"), content);
        response.EnsureSuccessStatusCode();
    }

    public async Task<IReadOnlyList<string>> GetTagsAsync(string id) =>
        [.. (await SendAsync(HttpMethod.Get, $"/images/{id}", null, null))!["tags"]!.AsArray().Select(tag => (string)tag!)];

    public async Task<string> GetNameAsync(string id) => (string)(await SendAsync(HttpMethod.Get, $"/images/{id}", null, null))!["name"]!;

    /// <summary>PUT or DELETE of a tag; the result is ignored.</summary>
    public async Task TryWriteTagAsync(HttpMethod method, string id, string tag)
    {
        using var request = new HttpRequestMessage(method, $"{endpoint}/images/{id}/tags/{tag}");
        (await http.SendAsync(request)).Dispose();
    }

    public async Task<string> GetStatusAsync(string id) =>
        (string)(await SendAsync(HttpMethod.Get, $"/images/{id}", null, null))!["status"]!;

    /// <summary>Replaces all tags by a PATCH, which accepts any text as a tag.</summary>
    public Task SetTagsAsync(string id, params string[] tags) => SendAsync(
        HttpMethod.Patch,
        $"/images/{id}",
        new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "/tags", ["value"] = new JsonArray([.. tags]) }),
        "application/openstack-images-v2.1-json-patch");

    public Task RenameAsync(string id, string name) => SendAsync(
        HttpMethod.Patch,
        $"/images/{id}",
        new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "/name", ["value"] = name }),
        "application/openstack-images-v2.1-json-patch");

    /// <summary>Makes an image public. Only an administrator may do that.</summary>
    public Task PublishAsync(string id) => SendAsync(
        HttpMethod.Patch,
        $"/images/{id}",
        new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "/visibility", ["value"] = "public" }),
        "application/openstack-images-v2.1-json-patch");

    public Task SetPropertyAsync(string id, string name, string value) => SendAsync(
        HttpMethod.Patch,
        $"/images/{id}",
        new JsonArray(new JsonObject { ["op"] = "add", ["path"] = $"/{name}", ["value"] = value }),
        "application/openstack-images-v2.1-json-patch");

    public Task DeleteImageAsync(string id) => SendAsync(HttpMethod.Delete, $"/images/{id}", null, null);

    public void Dispose() => http.Dispose();

    private async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body, string? contentType)
    {
        using var request = new HttpRequestMessage(method, endpoint + path);
        if (body is not null) request.Content = new ByteArrayContent(
            Encoding.UTF8.GetBytes(body.ToJsonString())) { Headers = { { "Content-Type", contentType } } };
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? text.Length == 0 ? null : JsonNode.Parse(text)
            : throw new InvalidOperationException($"{method} {path} -> {(int)response.StatusCode}: {text}");
    }

    private sealed class HalvedContent(Task go) : HttpContent
    {
        private static readonly byte[] Half = new byte[256];

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(Half);
            await stream.FlushAsync();
            await go;
            await stream.WriteAsync(Half);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 2 * Half.Length;
            return true;
        }
    }
}
