using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Keystone over HTTP: its version document and <c>/v3/auth/tokens</c>.</summary>
internal sealed class KeystoneApi(SandboxCloud cloud, SandboxIdentity identity)
{
    /// <param name="path">The path below the prefix, percent-encoded.</param>
    public async Task HandleAsync(HttpContext http, string path, string body)
    {
        http.Response.Headers.Vary = "X-Auth-Token";
        http.Response.Headers["x-openstack-request-id"] = $"req-{Guid.NewGuid()}";
        try
        {
            if (identity.Down) throw new KeystoneError(503, "Service Unavailable", "The service is currently unavailable.");
            await AnswerAsync(http, path.TrimEnd('/'), body);
        }
        catch (KeystoneError e)
        {
            if (e.Status == 401) http.Response.Headers.WWWAuthenticate = $"Keystone uri=\"{cloud.IdentityUrl}/v3\"";
            await http.JsonAsync(e.Status, new JsonObject
            {
                ["error"] = new JsonObject { ["code"] = e.Status, ["message"] = e.Message, ["title"] = e.Title },
            });
        }
    }

    private Task AnswerAsync(HttpContext http, string path, string body) => (http.Request.Method, path) switch
    {
        ("GET" or "HEAD", "") => ChoiceAsync(http),
        ("GET" or "HEAD", "/v3") => http.JsonAsync(200, new JsonObject { ["version"] = Version() }),
        ("POST", "/v3/auth/tokens") => LoginAsync(http, body),
        ("GET" or "HEAD", "/v3/auth/tokens") => ShowAsync(http),
        ("DELETE", "/v3/auth/tokens") => Revoke(http),
        (_, "/v3/auth/tokens") => NotAllowedAsync(http, "HEAD, GET, OPTIONS, POST, DELETE"),
        (_, "" or "/v3") => NotAllowedAsync(http, "HEAD, GET, OPTIONS"),
        _ => NoRouteAsync(http),
    };

    private Task ChoiceAsync(HttpContext http)
    {
        http.Response.Headers.Location = $"{cloud.IdentityUrl}/v3/";
        return http.JsonAsync(300, new JsonObject { ["versions"] = new JsonObject { ["values"] = new JsonArray(Version()) } });
    }

    private static Task NotAllowedAsync(HttpContext http, string methods)
    {
        http.Response.Headers.Allow = methods;
        return http.JsonAsync(405, new JsonObject { ["message"] = "The method is not allowed for the requested URL." });
    }

    /// <summary>The web framework below Keystone sends this response, in HTML whatever the client accepts.</summary>
    private static Task NoRouteAsync(HttpContext http) => http.TextAsync(404, "text/html; charset=utf-8",
        "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was not found on the "
            + "server. "
        + "If you entered the URL manually please check your spelling and try again.</p>\n");

    private Task LoginAsync(HttpContext http, string body) => TokenAsync(http, 201, new Login(identity).Run(body));

    private Task ShowAsync(HttpContext http) => TokenAsync(http, 200, Subject(http));

    private Task Revoke(HttpContext http)
    {
        identity.Tokens.Revoke(Subject(http).Id);
        http.Response.StatusCode = 204;
        return Task.CompletedTask;
    }

    /// <summary>The token that the call is about. The caller must send a valid token of its own, which is usually the same one.</summary>
    private Token Subject(HttpContext http)
    {
        var caller = identity.Tokens.Find(http.Request.Headers["X-Auth-Token"]) ?? throw KeystoneError.Unauthorized();
        var id = http.Request.Headers["X-Subject-Token"].ToString();
        if (id.Length == 0) throw Forbidden();
        var subject = identity.Tokens.Find(id) ?? throw TokenStore.NotFound(id);
        return caller.IsAdmin || caller.User == subject.User ? subject : throw Forbidden();
    }

    private static KeystoneError Forbidden() =>
        new(403, "Forbidden", "You are not authorized to perform the requested action: identity:validate_token.");

    private Task TokenAsync(HttpContext http, int status, Token token)
    {
        http.Response.Headers["X-Subject-Token"] = token.Id;
        return http.JsonAsync(status, TokenDocument.Write(token, cloud.Catalog, SandboxCloud.Region));
    }

    private JsonObject Version() => new()
    {
        ["id"] = "v3.14",
        ["status"] = "stable",
        ["updated"] = "2020-04-07T00:00:00Z",
        ["links"] = new JsonArray(new JsonObject { ["rel"] = "self", ["href"] = $"{cloud.IdentityUrl}/v3/" }),
        ["media-types"] = new JsonArray(new JsonObject
        {
            ["base"] = "application/json",
            ["type"] = "application/vnd.openstack.identity-v3+json",
        }),
    };
}
