using System.Text.Json.Nodes;

namespace ImageTagOperator.Benchmarks.Clouds;

/// <summary>The Glance of hack/openstack.sh, with a new project and user, so that its log distinguishes the requests of the benchmark. Both
/// are deleted at the end.</summary>
internal sealed class RealCloud : BenchmarkCloud
{
    private const string Password = "benchmark-secret";
    private const string PatchType = "application/openstack-images-v2.1-json-patch";

    private readonly BareClient admin;
    private readonly string log;
    private readonly string name = $"benchmark-{Guid.NewGuid():N}"[..20];
    private readonly List<string> images = [];
    private string project = "";
    private string user = "";
    private BareClient? client;

    private RealCloud(BareClient admin, string log) => (this.admin, this.log) = (admin, log);

    public override string Name => "Glance";

    public override string CloudsYaml =>
        $$"""
        clouds:
          {{CloudName}}:
            region_name: RegionOne
            identity_api_version: 3
            auth:
              auth_url: {{admin.AuthUrl}}
              username: {{name}}
              password: {{Password}}
              project_name: {{name}}
              user_domain_name: Default
              project_domain_name: Default
        """;

    public static async Task<RealCloud> CreateAsync()
    {
        var file = await Servers.UpAsync("openstack", "OS_CLIENT_CONFIG_FILE");
        var admin = await BareClient.LoginAsync(await File.ReadAllTextAsync(file), "admin");
        var cloud = new RealCloud(admin, Path.Combine(Path.GetDirectoryName(file)!, "log", "glance-api.log"));
        await cloud.CreateProjectAsync();
        cloud.client = await BareClient.LoginAsync(cloud.CloudsYaml, CloudName);
        return cloud;
    }

    public override async Task<IReadOnlyList<string>> ImagesAsync(int count)
    {
        var made = await EachAsync(Enumerable.Range(images.Count, Math.Max(0, count - images.Count)), async number =>
        {
            var image = new JsonObject { ["name"] = $"{name}-{number}", ["disk_format"] = "raw", ["container_format"] = "bare" };
            var id = (string)(await client!.SendAsync(HttpMethod.Post, $"{client.ImageUrl}/images", image))!["id"]!;
            await client.UploadAsync(id);
            return id;
        });
        images.AddRange(made);
        return [.. images.Take(count)];
    }

    public override async Task ClearTagsAsync(int count)
    {
        await EachAsync(images.Take(count), async id =>
        {
            var patch = new JsonArray(new JsonObject { ["op"] = "replace", ["path"] = "/tags", ["value"] = new JsonArray() });
            return await client!.SendAsync(HttpMethod.Patch, $"{client.ImageUrl}/images/{id}", patch, PatchType);
        });
    }

    public override async Task<int> CountRequestsAsync(Func<Task> run)
    {
        var start = new FileInfo(log).Length;
        await run();
        await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);      // the log line follows just after the response
        await using var stream = new FileStream(log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Seek(start, SeekOrigin.Begin);
        using var reader = new StreamReader(stream);
        var lines = (await reader.ReadToEndAsync()).Split('\n');
        return lines.Count(line =>
            line.Contains("eventlet.wsgi.server", StringComparison.Ordinal) && line.Contains($" {project} ", StringComparison.Ordinal));
    }

    public override async ValueTask DisposeAsync()
    {
        await EachAsync(images, async id => await client!.SendAsync(HttpMethod.Delete, $"{client.ImageUrl}/images/{id}", null));
        client?.Dispose();
        await admin.SendAsync(HttpMethod.Delete, $"{admin.AuthUrl}/users/{user}", null);
        await admin.SendAsync(HttpMethod.Delete, $"{admin.AuthUrl}/projects/{project}", null);
        admin.Dispose();
    }

    private async Task CreateProjectAsync()
    {
        var wanted = new JsonObject { ["project"] = new JsonObject { ["name"] = name, ["domain_id"] = "default" } };
        project = (string)(await admin.SendAsync(HttpMethod.Post, $"{admin.AuthUrl}/projects", wanted))!["project"]!["id"]!;
        var login = new JsonObject { ["name"] = name, ["password"] = Password, ["domain_id"] = "default" };
        var made = await admin.SendAsync(HttpMethod.Post, $"{admin.AuthUrl}/users", new JsonObject { ["user"] = login });
        user = (string)made!["user"]!["id"]!;
        var role = (string)(await admin.SendAsync(HttpMethod.Get, $"{admin.AuthUrl}/roles?name=member", null))!["roles"]![0]!["id"]!;
        await admin.SendAsync(HttpMethod.Put, $"{admin.AuthUrl}/projects/{project}/users/{user}/roles/{role}", null);
    }

    private static async Task<T[]> EachAsync<TItem, T>(IEnumerable<TItem> items, Func<TItem, Task<T>> make)
    {
        var sources = items.ToArray();
        var made = new T[sources.Length];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, sources.Length),
            new ParallelOptions { MaxDegreeOfParallelism = BareClient.Concurrency },
            async (number, _) => made[number] = await make(sources[number]));
        return made;
    }
}
