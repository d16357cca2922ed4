using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Glance over HTTP: routes the path of a request to its action in the same order of checks as the real server.</summary>
internal sealed class GlanceApi(SandboxCloud cloud, TimeProvider time)
{
    /// <summary>The longest request line that the real server accepts: method, target and version.</summary>
    private const int LongestLine = 8192;

    private readonly Random random = new(1);
    private readonly TagWrites tags = new(cloud, time);
    private readonly ImageWrites images = new(cloud, time);

    /// <param name="path">The path below the prefix, percent-encoded.</param>
    public async Task HandleAsync(HttpContext http, string path, string body)
    {
        try
        {
            await AnswerAsync(http, path, body);
        }
        catch (GlanceError e)
        {
            if (e.Status == 500 && !e.HasBody && cloud.UnderUwsgi) http.Abort();
            if (e.Status == 401) http.Response.Headers.WWWAuthenticate = $"Keystone uri=\"{cloud.IdentityUrl}\"";
            if (e.HasBody) await GlanceErrorPage.WriteAsync(http, e, cloud.Flavor);
            else await BareAsync(http, e.Status);
        }
    }

    private static Task BareAsync(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        // The HTTP server rejects a line that is too long; the application rejects a path that is not UTF-8. Only the application sets a
        // Content-Type.
        if (status == 500) http.Response.ContentType = "text/plain";
        return Task.CompletedTask;
    }

    private Task AnswerAsync(HttpContext http, string path, string body)
    {
        if ($"{http.Request.Method} {path}{http.Request.QueryString} HTTP/1.1\r\n".Length >= LongestLine && !cloud.UnderUwsgi)
            throw GlanceError.Bare(414);
        if (cloud.UnderUwsgi) path = WirePath.WithoutDotSegments(path);
        if (path == "/healthcheck") return HealthAsync(http);
        if (cloud.Flavor == CloudFlavor.Ims && path == "/v1/cloudimages/tags") return TagValueAsync(http, body);
        var parts = WirePath.Decode(path).TrimStart('/').Split('/');
        if (parts[0] == "versions" || !GlanceVersions.Knows(parts[0]))
            return http.JsonAsync(parts[0] == "versions" ? 200 : 300, GlanceVersions.Write(cloud.ImageUrl));
        var caller = Caller(http);
        http.Response.Headers["x-openstack-request-id"] = $"req-{Guid.NewGuid()}";
        return RouteAsync(http, caller, parts[1..], body);
    }

    /// <summary>Routes match whole segments only. A tag with a slash in it, encoded or not, matches no route, and neither does a path that
    /// ends in a slash.</summary>
    private Task RouteAsync(HttpContext http, Token caller, string[] parts, string body) => (http.Request.Method, parts) switch
    {
        ("DELETE", ["images", var id, ""]) when cloud.TrailingSlashDeletes => DeleteImageAsync(http, caller, id),
        (_, []) => RedirectAsync(http),
        _ when parts.Contains("") => throw new GlanceError(404),
        ("GET", ["images"]) => ListAsync(http, caller),
        ("POST", ["images"]) => ShowAsync(http, 201, images.Create(caller, body)),
        ("GET", ["images", var id]) => ShowAsync(http, 200, Visible(caller, id)),
        ("PATCH", ["images", var id]) => ShowAsync(http, 200, images.Patch(caller, Visible(caller, id), http.Request.ContentType, body)),
        ("DELETE", ["images", var id]) => DeleteImageAsync(http, caller, id),
        ("PUT", ["images", var id, "file"]) => DoneAsync(http, () => images.Upload(caller, Visible(caller, id), http.Request, body)),
        ("POST", ["images", var id, "actions", "deactivate" or "reactivate"]) =>
            DoneAsync(http, () => images.SetActive(caller, Visible(caller, id), parts[^1] == "reactivate")),
        ("PUT" or "DELETE", ["images", var id, "tags", var tag]) => TagAsync(http, caller, id, tag),
        (_, ["images"]) => throw NotAllowed(http, "GET, POST"),
        (_, ["images", _]) => throw NotAllowed(http, "GET, PATCH, DELETE"),
        (_, ["images", _, "file"]) => throw NotAllowed(http, "GET, PUT"),
        (_, ["images", _, "tags", _]) => throw NotAllowed(http, "PUT, DELETE"),
        _ => throw new GlanceError(404),
    };

    private async Task TagAsync(HttpContext http, Token caller, string id, string tag)
    {
        var adding = http.Request.Method == "PUT";
        RefuseBody(http.Request);
        if (adding) TagWrites.CheckLength(tag);
        if (adding && cloud.Flavor == CloudFlavor.Ims) ImsTags.Check(tag);
        var image = Find(caller, id, $"Image {id} not found.");
        CheckAccess(caller, image, adding ? "update" : "delete");
        if (cloud.Flavor == CloudFlavor.Ims) tag = ImsTags.Stored(image, tag);
        await (adding ? tags.AddAsync(image, tag) : tags.DeleteAsync(image, tag));
        await DoneAsync(http, () => { });
    }

    private Task TagValueAsync(HttpContext http, string body)
    {
        if (http.Request.Method != "PUT") throw NotAllowed(http, "PUT");
        var caller = Caller(http);
        var (id, key, value) = ImsTags.Parse(body);
        var image = Visible(caller, id);
        CheckAccess(caller, image, "update");
        image.UpdatedAt = time.GetUtcNow();
        return DoneAsync(http, () => ImsTags.Put(image, key, value));
    }

    private void CheckAccess(Token caller, SandboxImage image, string action)
    {
        if (!ImageAccess.CanChange(caller, image, cloud.SecureRbac))
            throw new GlanceError(403, $"Not allowed to {action} tags for image {image.Id}.");
    }

    private Task DeleteImageAsync(HttpContext http, Token caller, string id)
    {
        RefuseBody(http.Request);
        return DoneAsync(http, () => images.Delete(caller, Find(caller, id, $"Failed to find image {id} to delete")));
    }

    private Task RedirectAsync(HttpContext http)
    {
        http.Response.Headers.Location = $"{cloud.ImageUrl}/v2/";
        return http.TextAsync(302, "text/plain; charset=utf8", "");
    }

    public static Task HealthAsync(HttpContext http) => http.Request.Headers.Accept == "application/json"
        ? http.JsonAsync(200, new JsonObject { ["detailed"] = false, ["reasons"] = new JsonArray("OK") })
        : http.TextAsync(200, "text/plain; charset=UTF-8", "OK");

    private Task ListAsync(HttpContext http, Token caller)
    {
        if (cloud.SecureRbac && caller.ProjectId is null && !caller.IsAdmin)
            throw new GlanceError(403, "You are not authorized to complete get_images action.");
        var query = ImageQuery.Parse(http.Request.QueryString);
        var page = ImageListing.Select(cloud.Images, caller, query);
        var answer = new JsonObject
        {
            ["images"] = new JsonArray([.. page.Select(image => ImageDocument.Write(image, random))]),
            ["first"] = query.Link(marker: null),
            ["schema"] = "/v2/schemas/images",
        };
        // A full page links to a next page, even when that page is empty.
        if (page.Count > 0 && page.Count == query.Limit) answer["next"] = query.Link(page[^1].Id);
        return http.JsonAsync(200, answer);
    }

    private Task ShowAsync(HttpContext http, int status, SandboxImage image)
    {
        if (http.Request.Method == "GET") RefuseBody(http.Request);
        if (status == 201) http.Response.Headers.Location = $"{cloud.Url}/v2/images/{image.Id}";
        return http.JsonAsync(status, ImageDocument.Write(image, random));
    }

    private static Task DoneAsync(HttpContext http, Action work)
    {
        work();
        http.Response.StatusCode = 204;
        // The body is empty, but the real server sends this header too.
        http.Response.ContentType = "text/html; charset=UTF-8";
        return Task.CompletedTask;
    }

    /// <summary>Measured: while Keystone is down, Glance rejects a token that it has not validated before.</summary>
    private Token Caller(HttpContext http)
    {
        var token = cloud.Identity.Tokens.Find(http.Request.Headers["X-Auth-Token"]);
        if (token is null || (cloud.Identity.Down && !token.KnownToGlance)) throw new GlanceError(401);
        token.KnownToGlance = true;
        return token;
    }

    private SandboxImage Visible(Token caller, string id) => Find(caller, id, $"No image found with ID {id}");

    private SandboxImage Find(Token caller, string id, string otherwise) =>
        cloud.Images.FirstOrDefault(image => string.Equals(image.Id, id, StringComparison.OrdinalIgnoreCase)
            && ImageAccess.CanSee(caller, image)) ?? throw new GlanceError(404, otherwise);

    private static GlanceError NotAllowed(HttpContext http, string methods)
    {
        http.Response.Headers.Allow = methods;
        return new GlanceError(405);
    }

    /// <summary>A chunked request counts as one with a body where the method allows a body, even when the body is empty.</summary>
    private static void RefuseBody(HttpRequest request)
    {
        if (request.ContentLength > 0 || (request.Method == "PUT" && request.Headers.TransferEncoding.Count > 0))
            throw new GlanceError(400, "A body is not expected with this request.");
    }
}
