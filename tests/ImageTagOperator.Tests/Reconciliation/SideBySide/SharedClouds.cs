using ImageTagOperator.Tests.Kubernetes;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Tests.Reconciliation.Properties;

namespace ImageTagOperator.Tests.Reconciliation.SideBySide;

/// <summary>Clouds in memory, each with a Keystone and a Glance, with visibility, write permissions and replicas that lag. Every request is
/// a step of the seeded thread.</summary>
internal sealed class SharedClouds(SharedStory story, SeededThread thread, FakeTimeProvider clock)
{
    /// <summary>Shorter than the time after which the operator treats a write as lost.</summary>
    private static readonly TimeSpan Lag = TimeSpan.FromSeconds(1);

    /// <summary>Shorter than the time after which a second list without a match counts.</summary>
    private static readonly TimeSpan MostEmpty = TimeSpan.FromSeconds(3);

    private readonly Picture[] images = [.. story.Images];
    private readonly HashSet<string>[] tags = [.. story.Images.Select(image => image.Tags.ToHashSet())];
    private readonly List<(DateTimeOffset Until, int Image, string[] Tags)> before = [];

    private DateTimeOffset? emptyUntil;

    public IReadOnlyList<Picture> Images => images;

    public IReadOnlyList<IReadOnlySet<string>> Tags => tags;

    /// <summary>How many of the next lists are empty, as long as the replica lags that sends them.</summary>
    public int EmptyLists { get; set; }

    public bool Lags { get; set; }

    /// <summary>Increases with each change.</summary>
    public int Version { get; private set; }

    /// <summary>The set whose reconcile sends the request.</summary>
    public Func<int?> Sender { get; init; } = () => null;

    /// <summary>Called before each write that changes something.</summary>
    public Action<TagChange> Changing { get; set; } = _ => { };

    public Action<string> OnLog { get; set; } = _ => { };

    public void Change(int image, Picture facts) => images[image] = facts;

    public static string CloudsYaml(Login login) =>
        $"clouds: {{demo: {{auth: {{auth_url: 'http://keystone{login.Cloud}/v3', username: {login.By}, password: p, project_name: p, "
        + $"user_domain_name: d, project_domain_name: d}}, interface: {(login.IsInternal ? "internal" : "public")}}}}}";

    /// <summary>The transport of one process.</summary>
    public HttpMessageHandler Connect(Lane lane) => new Connection(this, lane);

    /// <summary>Not async: HttpClient must continue with the response at once, and not in a step from another thread.</summary>
    private Task<HttpResponseMessage> SendAsync(Lane lane, HttpRequestMessage request)
    {
        var (method, url) = (request.Method.Method, request.RequestUri!);
        var token = request.Headers.TryGetValues("X-Auth-Token", out var sent) ? sent.Single() : null;
        var body = method == "POST" ? JsonNode.Parse(request.Content!.ReadAsStream()) : null;
        var sender = Sender();
        return thread.TurnAsync(lane, Serve, mayOutlive: method is "PUT" or "DELETE");

        HttpResponseMessage Serve()
        {
            var response = Answer(sender, method, url, token, body);
            OnLog($"{method} {url.Host}{url.PathAndQuery} as {token} -> {(int)response.StatusCode}");
            return response;
        }
    }

    private HttpResponseMessage Answer(int? sender, string method, Uri url, string? token, JsonNode? body)
    {
        var cloud = url.Host[^1] - '0';
        if (method == "POST") return LogIn(cloud, body!);
        if (token?.Split(':') is not [var of, var by] || of != $"{cloud}") return Failure(401);
        var login = new Login(cloud, Enum.Parse<User>(by));
        if (url.AbsolutePath == "/v2/images") return List(login, url.Query);
        var path = url.AbsolutePath.Split('/');
        var image = Array.FindIndex(images, image => image.IsThere && ModelImage.IdOf(image.Number) == path[3] && login.Sees(image));
        if (image < 0) return Failure(404);
        return path.Length == 4 ? Json(200, Document(image, TagsOf(image)))
            : Write(sender, login, image, Uri.UnescapeDataString(path[5]), method == "PUT");
    }

    private HttpResponseMessage LogIn(int cloud, JsonNode request)
    {
        var by = (string)request["auth"]!["identity"]!["password"]!["user"]!["name"]!;
        JsonObject Endpoint(string type, string host) =>
            new() { ["interface"] = type, ["region_id"] = "r", ["region"] = "r", ["url"] = $"http://{host}{cloud}" };
        var response = Json(201, new JsonObject
        {
            ["token"] = new JsonObject
            {
                ["expires_at"] = Time(clock.GetUtcNow().AddYears(1)),
                ["user"] = new JsonObject { ["id"] = by },
                ["project"] = new JsonObject { ["id"] = Login.ProjectOf(Enum.Parse<User>(by)) },
                ["catalog"] = new JsonArray(new JsonObject
                {
                    ["type"] = "image", ["id"] = "images",
                        ["endpoints"] = new JsonArray(Endpoint("public", "glance"), Endpoint("internal", "inner")),
                }),
            },
        });
        response.Headers.Add("X-Subject-Token", $"{cloud}:{by}");
        return response;
    }

    private HttpResponseMessage List(Login login, string query)
    {
        var parts = query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]));
        var found = Enumerable.Range(0, images.Length).Where(image => images[image].IsThere && login.Sees(images[image]));
        if (parts.TryGetValue("id", out var ids)) found = found.Where(image => OneOf(ids, ModelImage.IdOf(images[image].Number)));
        if (parts.TryGetValue("name", out var names)) found = found.Where(image => OneOf(names, ModelImage.NameOf(images[image].Number)));
        if (emptyUntil <= clock.GetUtcNow()) (EmptyLists, emptyUntil) = (0, null);
        if (EmptyLists > 0 && thread.Chance(50))
        {
            EmptyLists--;
            emptyUntil ??= clock.GetUtcNow() + MostEmpty;
            found = [];
        }

        return Json(200, new JsonObject { ["images"] = new JsonArray([.. found.Select(image => Document(image, TagsOf(image)))]) });
    }

    private HttpResponseMessage Write(int? sender, Login login, int image, string tag, bool adds)
    {
        if (!login.Writes(images[image])) return Failure(403);
        var isThere = tags[image].Contains(tag);
        if (!adds && !isThere) return Failure(404);
        if (adds && !isThere && tags[image].Count >= story.Quota) return Failure(413);
        if (adds == isThere) return new HttpResponseMessage(HttpStatusCode.NoContent);
        Changing(new TagChange(sender, login, image, tag, adds));
        before.Add((clock.GetUtcNow() + Lag, image, [.. tags[image]]));
        Version++;
        if (adds) tags[image].Add(tag);
        else tags[image].Remove(tag);
        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    /// <summary>The current tags, or older ones of the last second.</summary>
    private IEnumerable<string> TagsOf(int image)
    {
        before.RemoveAll(old => old.Until <= clock.GetUtcNow());
        var known = before.Where(old => old.Image == image).Select(old => old.Tags).ToArray();
        return Lags && known.Length > 0 && thread.Chance(50) ? known[thread.Pick(known.Length)] : tags[image];
    }

    private static bool OneOf(string filter, string value) =>
        (filter.StartsWith("in:", StringComparison.Ordinal) ? filter[3..].Split(',') : [filter])
            .Contains(value, StringComparer.OrdinalIgnoreCase);

    private JsonNode Document(int index, IEnumerable<string> current)
    {
        var image = images[index];
        var created = Time(ModelImage.FirstCreated.AddDays(image.Number));
        var document = new JsonObject
        {
            ["id"] = ModelImage.IdOf(image.Number),
            ["name"] = ModelImage.NameOf(image.Number),
            ["status"] = image.Status,
            ["visibility"] = image.IsPublic ? "public" : "private",
            ["owner"] = image.Owner,
            ["created_at"] = created,
            ["updated_at"] = created,
            ["os_glance_importing_to_stores"] = image.IsCopied ? "fast" : "",
            ["tags"] = new JsonArray([.. current.Select(tag => JsonValue.Create(tag))]),
        };
        if (image.IsMarked) document[Picture.Mark] = "yes";
        return document;
    }

    private static HttpResponseMessage Failure(int status) => Json(status, new JsonObject { ["message"] = $"model says {status}" });

    private static HttpResponseMessage Json(int status, JsonNode body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed class Connection(SharedClouds clouds, Lane lane) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            clouds.SendAsync(lane, request);
    }
}

/// <summary>A tag that is added or removed.</summary>
/// <param name="Set">The set that is being reconciled.</param>
internal sealed record TagChange(int? Set, Login By, int Image, string Tag, bool Adds);
