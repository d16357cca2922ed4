using ImageTagOperator.Tests.Kubernetes;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Tests.Reconciliation.Properties;

/// <summary>A Keystone and a Glance in memory that race, fail and hang as told. It can change nothing of an image but its tags.</summary>
internal sealed partial class ModelGlance(Wire wire, FakeTimeProvider clock) : HttpMessageHandler
{
    public const string CloudsYaml =
        "clouds: {demo: {auth: {auth_url: 'http://keystone/v3', username: u, password: p, project_name: p, user_domain_name: d, "
            + "project_domain_name: d}}}";

    /// <summary>Fewer than there are images, so that lists have pages: Glance clamps the limit in silence.</summary>
    private const int PageSize = 2;

    private static readonly TimeSpan TokenLife = TimeSpan.FromHours(1);
    private static readonly TimeSpan Latency = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LateBy = Deadline + TimeSpan.FromSeconds(5);

    private readonly List<ModelImage> images = [];
    private readonly List<ModelCall> calls = [];
    private readonly List<(DateTimeOffset Due, TagTransaction Write)> late = [];
    private readonly Dictionary<string, DateTimeOffset> tokens = [];

    public IReadOnlyList<ModelImage> Images => images;

    public IReadOnlyList<ModelCall> Calls
    {
        get
        {
            lock (wire.Gate) return [.. calls];
        }
    }

    /// <summary>What other clients wrote or had in their hands, and what therefore nobody can answer for.</summary>
    public HashSet<(int Image, string Tag)> TouchedByOthers { get; } = [];

    public void Import(ModelImage image) => images.Add(image);

    /// <summary>Writes that nobody waits for any more come to their end.</summary>
    public void Land(bool all = true)
    {
        foreach (var (due, write) in late.Where(entry => all || entry.Due <= clock.GetUtcNow()).ToArray())
        {
            late.Remove((due, write));
            write.Compare();
            write.Save();
        }
    }

    /// <summary>Another client's write, with nobody in between.</summary>
    public void WriteOther(int image, string tag, bool adds) => Other(images[image], tag, adds).Run();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (wire.Gate)
        {
            var (method, path) = (request.Method.Method, request.RequestUri!.AbsolutePath);
            var match = TagPath().Match(path);
            var incident = wire.Next(match.Success);
            clock.Advance(Latency);
            Land(all: false);
            var image = images.Find(image => path.Contains(image.Id, StringComparison.Ordinal));
            var tag = match.Success ? Uri.UnescapeDataString(match.Groups["tag"].Value) : null;
            var wasThere = tag is not null && image?.Rows.Contains(tag) == true;
            try
            {
                var response = Answer(request, image, tag, incident);
                Note($"{(int)response.StatusCode}");
                return Task.FromResult(response);
            }
            catch (Exception e)
            {
                Note(e is OperationCanceledException ? "no answer" : wire.IsDead ? "dead" : "reset");
                throw;
            }

            void Note(string outcome) =>
                calls.Add(new ModelCall(wire.Count, wire.Lives, method, request.RequestUri.PathAndQuery, image?.Index ?? -1, tag, wasThere,
                    incident is null ? outcome : $"{outcome} ({incident})"));
        }
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, ModelImage? image, string? tag, Incident? incident)
    {
        switch (incident?.Kind)
        {
            case Mishap.Error:
                return Failure(500);
            case Mishap.Unavailable:
                return Failure(503);
            case Mishap.TooMany:
                var refusal = Failure(429);
                refusal.Headers.Add("Retry-After", "7");
                return refusal;
            case Mishap.ResetBefore:
                throw Wire.Broken();
            case Mishap.TimeoutLost:
                throw Hang();
            case Mishap.Unauthorized when request.Method != HttpMethod.Post:
                return Failure(401);
            case Mishap.False404 when tag is not null:
                return Failure(404);
            case Mishap.OtherBefore:
                WriteOther(incident.Image % images.Count, incident.Tag, incident.Adds);
                break;
        }

        var response = tag is not null && image is not null ? WriteTag(request, image, tag, incident) : Read(request, image);
        return incident?.Kind switch
        {
            Mishap.ErrorAfterWork => Failure(500),
            Mishap.ResetAfter => throw Wire.Broken(),
            Mishap.TimeoutLate => throw Hang(),
            Mishap.KillAfter or Mishap.KillDuring => throw wire.Die(),
            _ => response,
        };
    }

    private HttpResponseMessage WriteTag(HttpRequestMessage request, ModelImage image, string tag, Incident? incident)
    {
        if (!IsKnown(request)) return Failure(401);
        var other = incident is { IsOthers: true } ? Other(image, incident.Tag, incident.Adds) : null;
        var othersLoaded = incident?.Kind == Mishap.OtherAround && other!.Load();
        var ours = new TagTransaction(image, tag, request.Method == HttpMethod.Put);
        if (!ours.Load()) return Failure(404);
        if (incident?.Kind is Mishap.TimeoutLate or Mishap.KillDuring)
        {
            late.Add((clock.GetUtcNow() + LateBy, ours));
            return Failure(504);
        }

        if (incident?.Kind == Mishap.OtherInside) other!.Run();
        ours.Compare();
        if (incident?.Kind == Mishap.OtherBeforeSave) other!.Run();
        var status = ours.Save();
        if (othersLoaded)
        {
            other!.Compare();
            other.Save();
        }

        return status == 204 ? new HttpResponseMessage(HttpStatusCode.NoContent) : Failure(status);
    }

    private HttpResponseMessage Read(HttpRequestMessage request, ModelImage? image)
    {
        var path = request.RequestUri!.AbsolutePath;
        if (request.Method == HttpMethod.Post) return LogIn();
        if (!IsKnown(request)) return Failure(401);
        if (path == "/v2/images") return List(request.RequestUri.Query);
        return image is null ? Failure(404) : Json(200, Document(image));
    }

    private HttpResponseMessage LogIn()
    {
        var token = $"token-{tokens.Count}";
        var expires = clock.GetUtcNow() + TokenLife;
        tokens[token] = expires;
        var endpoint = new JsonObject { ["interface"] = "public", ["region_id"] = "r", ["region"] = "r", ["url"] = "http://glance" };
        var response = Json(201, new JsonObject
        {
            ["token"] = new JsonObject
            {
                ["expires_at"] = Time(expires),
                ["project"] = new JsonObject { ["id"] = "p" },
                ["catalog"] = new JsonArray(new JsonObject { ["type"] = "image", ["endpoints"] = new JsonArray(endpoint) }),
            },
        });
        response.Headers.Add("X-Subject-Token", token);
        return response;
    }

    private HttpResponseMessage List(string query)
    {
        var parts = query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]));
        var found = images.AsEnumerable().Reverse();
        if (parts.TryGetValue("id", out var ids)) found = found.Where(image => OneOf(ids, image.Id));
        if (parts.TryGetValue("name", out var names)) found = found.Where(image => OneOf(names, image.Name));
        if (parts.TryGetValue("marker", out var marker)) found = found.SkipWhile(image => image.Id != marker).Skip(1);
        var page = found.Take(PageSize + 1).ToArray();
        var body = new JsonObject { ["images"] = new JsonArray([.. page.Take(PageSize).Select(Document)]) };
        if (page.Length > PageSize) body["next"] = $"/v2/images?marker={page[PageSize - 1].Id}";
        return Json(200, body);
    }

    private static bool OneOf(string filter, string value) =>
        (filter.StartsWith("in:", StringComparison.Ordinal) ? filter[3..].Split(',') : [filter])
            .Contains(value, StringComparer.OrdinalIgnoreCase);

    private bool IsKnown(HttpRequestMessage request) =>
        request.Headers.TryGetValues("X-Auth-Token", out var sent) && tokens.TryGetValue(sent.Single(), out var expires)
            && clock.GetUtcNow() < expires;

    private TagTransaction Other(ModelImage image, string tag, bool adds)
    {
        TouchedByOthers.Add((image.Index, tag));
        return new TagTransaction(image, tag, adds);
    }

    /// <summary>Whoever waits gives up at the deadline.</summary>
    private OperationCanceledException Hang()
    {
        clock.Advance(Deadline);
        return new TaskCanceledException("no answer");
    }

    private JsonNode Document(ModelImage image) => new JsonObject
    {
        ["id"] = image.Id,
        ["name"] = image.Name,
        ["status"] = "active",
        ["visibility"] = "private",
        ["owner"] = "p",
        ["created_at"] = Time(image.Created),
        ["updated_at"] = Time(image.Created),
        // In an order that is another one each time.
        ["tags"] = new JsonArray([.. (wire.Count % 2 == 0 ? image.Tags : image.Tags.Reverse()).Select(tag => JsonValue.Create(tag))]),
    };

    private static HttpResponseMessage Failure(int status) => Json(status, new JsonObject { ["message"] = $"model says {status}" });

    private static HttpResponseMessage Json(int status, JsonNode body) =>
        new((HttpStatusCode)status) { Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    [GeneratedRegex("^/v2/images/[^/]+/tags/(?<tag>[^/]+)$")]
    private static partial Regex TagPath();
}
