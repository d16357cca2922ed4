using System.Globalization;
using System.Net;
using System.Text;

namespace ImageTagOperator.Benchmarks.Simulation;

/// <summary>A Keystone and a Glance in memory, without sockets. A request costs the same however many images there are, except a list,
/// which costs what it returns. Thread-safe.</summary>
internal sealed class SimulatedCloud : HttpMessageHandler
{
    public const string CloudsYaml =
        "clouds: {demo: {auth: {auth_url: 'http://keystone.example/v3', username: u, password: p, project_name: p, user_domain_name: d, "
            + "project_domain_name: d}}}";

    private const string Token =
        """
        {"token":{"expires_at":"2999-01-01T00:00:00Z","project":{"id":"p"},"catalog":[{"type":"image","id":"glance","endpoints":
        [{"interface":"public","region_id":"r","region":"r","url":"http://glance.example"}]}]}}
        """;

    /// <summary>Images were changed in the past, as far apart as the default limit of requests makes them.</summary>
    private static readonly DateTimeOffset Start = TimeProvider.System.GetUtcNow().AddDays(-1);

    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(0.02);

    private readonly Lock gate = new();
    private readonly Dictionary<string, int> byId = new(StringComparer.Ordinal);
    private readonly SortedSet<string>[] tags;
    private readonly DateTimeOffset[] updated;
    private int writes;

    public SimulatedCloud(int images)
    {
        tags = [.. Enumerable.Range(0, images).Select(_ => new SortedSet<string>(StringComparer.Ordinal))];
        updated = new DateTimeOffset[images];
        Array.Fill(updated, Start);
        for (var i = 0; i < images; i++) byId[IdOf(i)] = i;
    }

    public int Puts { get; private set; }

    public int Reads { get; private set; }

    /// <summary>Of both directions: the first line and the body of each request, and the body of each response.</summary>
    public long Bytes { get; private set; }

    public static string NameOf(int image) => $"image-{image:D6}";

    public static string IdOf(int image) => $"{image:x8}-0000-4000-8000-000000000000";

    public int TagsOn(int image) => tags[image].Count;

    public void ResetCounts()
    {
        lock (gate) (Puts, Reads, Bytes) = (0, 0, 0);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var path = request.RequestUri!.AbsolutePath;
            Bytes += request.RequestUri.PathAndQuery.Length + (request.Content?.Headers.ContentLength ?? 0);
            if (request.Method == HttpMethod.Post)
            {
                var login = Answer(HttpStatusCode.Created, Token);
                login.Headers.Add("X-Subject-Token", "token");
                return Task.FromResult(login);
            }

            var parts = path.Split('/');
            if (parts is [_, _, _, var id, _, var tag])
            {
                Puts++;
                tags[byId[id]].Add(Uri.UnescapeDataString(tag));
                updated[byId[id]] = Start + (Apart * ++writes);
                return Task.FromResult(Answer(HttpStatusCode.NoContent, ""));
            }

            Reads++;
            if (parts.Length == 4) return Task.FromResult(
                byId.TryGetValue(parts[3], out var one) ? Answer(HttpStatusCode.OK, Document(one)) : Answer(HttpStatusCode.NotFound, "{}"));
            return Task.FromResult(Answer(HttpStatusCode.OK, List(request.RequestUri.Query)));
        }
    }

    private string List(string query)
    {
        var filters = query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=', 2))
            .ToDictionary(part => part[0], part => Uri.UnescapeDataString(part[1]));
        var limit = int.Parse(filters["limit"], CultureInfo.InvariantCulture);
        IEnumerable<int> found = Enumerable.Range(0, tags.Length);
        if (filters.TryGetValue("id", out var ids)) found = Values(ids).Where(byId.ContainsKey).Select(value => byId[value]);
        else if (filters.TryGetValue("name", out var names)) found = Values(names)
            .Select(name => int.Parse(name.AsSpan("image-".Length), CultureInfo.InvariantCulture)).Where(image => image < tags.Length);
        else if (filters.TryGetValue("marker", out var marker)) found = Enumerable.Range(byId[marker] + 1, tags.Length - byId[marker] - 1);
        if (filters.TryGetValue("updated_at", out var since))
        {
            var bound = DateTimeOffset.Parse(since["gte:".Length..], CultureInfo.InvariantCulture);
            found = found.Where(image => updated[image] >= bound);
        }

        var page = found.Take(limit + 1).ToArray();
        var next = page.Length > limit ? ",\"next\":\"/v2/images?marker=x\"" : "";
        return $"{{\"images\":[{string.Join(',', page.Take(limit).Select(Document))}]{next}}}";

        static string[] Values(string filter) =>
            (filter.StartsWith("in:", StringComparison.Ordinal) ? filter[3..] : filter).Split(',');
    }

    private string Document(int image) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        {"id":"{{IdOf(image)}}","name":"{{NameOf(image)}}","status":"active","visibility":"private","owner":"p","protected":false,
        "created_at":"2026-01-01T00:00:00Z","updated_at":"{{updated[image]:yyyy-MM-dd'T'HH:mm:ss'Z'}}",
        "tags":[{{string.Join(',', tags[image].Select(tag => $"\"{tag}\""))}}]}
        """);

    private HttpResponseMessage Answer(HttpStatusCode status, string body)
    {
        Bytes += body.Length;
        return new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
    }
}
