using System.Text.Json.Nodes;

namespace ImageTagOperator.Contracts;

/// <summary>A plain HTTP client for Glance, with one token.</summary>
public sealed class RawGlance
{
    private readonly Uri endpoint;
    private readonly string? token;

    private RawGlance(Uri endpoint, string? token) => (this.endpoint, this.token) = (endpoint, token);

    /// <summary>The address from Keystone's catalog.</summary>
    public Uri Endpoint => endpoint;

    public static async Task<RawGlance> LoginAsync(string cloudsYaml, string cloud)
    {
        var login = await new RawKeystone(cloudsYaml).LoginAsync(cloud);
        var image = login.Json["token"]!["catalog"]!.AsArray().Single(service => (string?)service!["type"] == "image")!;
        return new RawGlance(new Uri((string)image["endpoints"]!.AsArray().First(e => (string?)e!["interface"] == "public")!["url"]!),
            login.Headers["X-Subject-Token"]);
    }

    /// <summary>A client of the same Glance with another token, or none.</summary>
    public RawGlance With(string? otherToken) => new(endpoint, otherToken);

    /// <param name="path">Below <c>/v2</c>, with its query.</param>
    public Task<RawAnswer> SendAsync(
        string method, string path, string? accept = "application/json", string? body = null, string contentType = "application/json")
    {
        var headers = new Dictionary<string, string>();
        if (token is not null) headers["X-Auth-Token"] = token;
        if (accept is not null) headers["Accept"] = accept;
        if (body is not null) headers["Content-Type"] = contentType;
        return RawHttp.SendAsync(endpoint, method, endpoint.AbsolutePath.TrimEnd('/') + "/v2" + path, headers, body);
    }

    /// <summary>The status of a PUT of a tag with exactly this path.</summary>
    public async Task<int> PutAsync(string image, string tag) => (await SendAsync("PUT", $"/images/{image}/tags/{tag}")).Status;

    public async Task<int> DeleteAsync(string image, string tag) => (await SendAsync("DELETE", $"/images/{image}/tags/{tag}")).Status;

    public async Task<JsonNode> ShowAsync(string image) => (await SendAsync("GET", $"/images/{image}")).Json;

    public async Task<string[]> TagsAsync(string image) =>
        [.. (await ShowAsync(image))["tags"]!.AsArray().Select(tag => (string)tag!).Order(StringComparer.Ordinal)];

    public async Task SetVisibilityAsync(string image, string visibility)
    {
        var patch = new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "/visibility", ["value"] = visibility });
        var answer = await SendAsync(
            "PATCH", $"/images/{image}", body: patch.ToJsonString(), contentType: "application/openstack-images-v2.1-json-patch");
        if (answer.Status != 200) throw new InvalidOperationException($"{visibility}: {answer.Status} {answer.Body}");
    }
}
