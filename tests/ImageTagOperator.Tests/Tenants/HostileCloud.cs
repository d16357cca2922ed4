using ImageTagOperator.Sandbox;
using Microsoft.AspNetCore.Http;

namespace ImageTagOperator.Tests.Tenants;

/// <summary>A Keystone that accepts every login, and an Image API that responds as a test wants.</summary>
public sealed class HostileCloud : SandboxServer
{
    private HostileCloud()
        : base(TimeProvider.System)
    {
    }

    /// <summary>Handles requests to the Image API; by default there are no images.</summary>
    public Func<HttpContext, string, Task> Images { get; set; } = static (http, _) => JsonAsync(http, Page([]));

    /// <summary>The response body of a login, given the address of this server.</summary>
    public Func<string, string> Token { get; set; } = static url =>
        $$$"""
        {"token": {"expires_at": "2999-01-01T00:00:00.000000Z", "project": {"id": "p"},
         "catalog": [{"type": "image", "endpoints": [{"interface": "public", "region": "RegionOne", "url": "{{{url}}}"}]}]}}
        """;

    /// <summary>Handles a login, to respond with something other than <see cref="Token"/>.</summary>
    public Func<HttpContext, string, Task>? Login { get; set; }

    /// <summary>Contains the cloud <c>demo</c>.</summary>
    public string CloudsYaml =>
        $$"""
        clouds:
          demo:
            region_name: RegionOne
            auth: {auth_url: "{{Url}}/v3", username: mallory, password: mallorys-secret, project_name: p, user_domain_id: default, project_domain_id: default}

        """;

    public static async Task<HostileCloud> StartAsync()
    {
        var cloud = new HostileCloud();
        await cloud.StartServerAsync();
        return cloud;
    }

    public static string Page(IReadOnlyList<string> ids, string? next = null, string tags = "[]", string name = "image") =>
        $$"""{"images": [{{string.Join(", ", ids.Select(id => Image(id, tags, name)))}}]{{(next is null ? "" : $", \"next\": \"{next}\"")}}}""";

    public static string Image(string id, string tags = "[]", string name = "image") =>
        $$"""{"id": "{{id}}", "name": "{{name}}", "status": "active", "tags": {{tags}}, "updated_at": "2026-01-01T00:00:00Z"}""";

    public static Task JsonAsync(HttpContext http, string body)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body);
    }

    /// <summary>Waits until the client gives up.</summary>
    public static async Task HangAsync(HttpContext http)
    {
        var gone = new TaskCompletionSource();
        await using var registration = http.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }

    protected override Task HandleAsync(HttpContext http, string path, string body)
    {
        if (http.Request.Method != "POST") return Images(http, path);
        if (Login is { } login) return login(http, body);
        http.Response.StatusCode = 201;
        http.Response.Headers["X-Subject-Token"] = "mallorys-token";
        return JsonAsync(http, Token(Url));
    }
}
