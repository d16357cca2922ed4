using ImageTagOperator.OpenStack;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Tenants;

/// <summary>Team a can write ImageTagSets and Secrets in its namespace, and runs its own servers. None of that may keep team b's edit from
/// reaching team b's image. Each test waits for the attack, makes the edit, and checks that the attack still runs.</summary>
public sealed class HostileTenantTests
{
    /// <summary>Of the 64 workers.</summary>
    private const int ShareOfOne = 32;

    /// <summary>The maximum of b's reconciles in five minutes that fail because it is unknown whether a's claim counts: five seconds of
    /// waiting, at most three per reconcile, or failures that count as a second each.</summary>
    private const int MostLooks = 5;

    [Fact]
    public async Task A_cloud_with_endless_lists_blocks_only_the_share_of_its_namespace_and_a_deletion_frees_its_worker()
    {
        await using var tenants = await TwoTenants.StartAsync();
        await using var endless = await HostileCloud.StartAsync();
        endless.Images = async (http, _) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, http.RequestAborted);
            await HostileCloud.JsonAsync(http, HostileCloud.Page([$"{Guid.NewGuid()}"], next: "/v2/images?marker=x"));
        };
        tenants.AddSecret("a", "endless", endless.CloudsYaml);
        tenants.AddSets(64, "endless", "endless");
        await Eventually.TrueAsync(() => tenants.BusyWorkers == ShareOfOne && tenants.Waiting >= ShareOfOne,
            $"a has its share, not {tenants.BusyWorkers}", seconds: 120);
        var before = endless.Calls.All.Count;
        await tenants.EditReachesAsync();
        await Eventually.TrueAsync(() => tenants.ReadyOf("b", "ubuntu") == "True", "b's set is Ready", seconds: 60);
        await Eventually.TrueAsync(() => endless.Calls.All.Count > before, "a's lists continue", seconds: 60);
        Assert.True(tenants.IsAlive);
        for (var i = 0; i < 64; i++) tenants.Kubernetes.Delete("imagetagsets.imagetags.io", "a", $"endless-{i}");
        await Eventually.TrueAsync(
            () => Enumerable.Range(0, 64).All(i => tenants.Find("a", $"endless-{i}") is null), "a's sets are gone", seconds: 120);
        await Eventually.TrueAsync(() => tenants.BusyWorkers == 0, "all workers are free", seconds: 60);
    }

    [Fact]
    public async Task A_Keystone_that_never_responds_blocks_only_the_share_of_its_namespace()
    {
        await using var tenants = await TwoTenants.StartAsync();
        await using var silent = await HostileCloud.StartAsync();
        silent.Login = (http, _) => HostileCloud.HangAsync(http);
        tenants.AddSecret("a", "silent", silent.CloudsYaml);
        tenants.AddSets(100, "silent", "silent", _ => $"{Guid.NewGuid()}");
        await Eventually.TrueAsync(() => tenants.BusyWorkers == ShareOfOne, "a has its share", seconds: 120);
        for (var edit = 0; edit < 3; edit++) await tenants.EditReachesAsync();
        Assert.InRange(tenants.BusyWorkers, 1, ShareOfOne + 1);
        Assert.Equal(0, tenants.FailedLooks);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sets_for_the_image_of_b_with_clouds_that_never_respond_delay_it_once(bool byAddress)
    {
        await using var tenants = await TwoTenants.StartAsync(byAddress: byAddress);
        await using var silent = await HostileCloud.StartAsync();
        silent.Login = (http, _) => HostileCloud.HangAsync(http);
        for (var i = 0; i < 40; i++) AddSilent(tenants, silent, $"silent-{i}");
        await Eventually.TrueAsync(() => silent.Calls.All.Count > 0, "a's sets are reconciled");
        var before = tenants.FailedLooks;
        for (var edit = 0; edit < 3; edit++) await tenants.EditReachesAsync();
        Assert.InRange(tenants.FailedLooks - before, 0, byAddress ? MostLooks : 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_of_new_sets_for_the_image_of_b_does_not_delay_it_longer(bool byAddress)
    {
        await using var tenants = await TwoTenants.StartAsync(byAddress: byAddress);
        await using var silent = await HostileCloud.StartAsync();
        silent.Login = (http, _) => HostileCloud.HangAsync(http);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var coming = Task.Run(
            async () =>
            {
                for (var i = 0; !enough.IsCancellationRequested; i++)
                {
                    AddSilent(tenants, silent, $"silent-{i}");
                    if (i >= 20) tenants.Kubernetes.Delete("imagetagsets.imagetags.io", "a", $"silent-{i - 20}");
                    await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
                }
            },
            CancellationToken.None);
        await Eventually.TrueAsync(() => silent.Calls.All.Count > 0, "a's sets are reconciled");
        var before = tenants.FailedLooks;
        for (var edit = 0; edit < 3; edit++) await tenants.EditReachesAsync();
        Assert.False(coming.IsCompleted);
        Assert.InRange(tenants.FailedLooks - before, 0, byAddress ? MostLooks : 0);
        await enough.CancelAsync();
        await coming;
    }

    [Theory]
    [InlineData("scheme")]
    [InlineData("path")]
    [InlineData("port")]
    [InlineData("password")]
    public async Task A_wrong_configuration_of_the_cloud_of_b_does_not_open_its_circuit_for_others(string what)
    {
        await using var tenants = await TwoTenants.StartAsync();
        var yaml = what switch
        {
            "scheme" => tenants.Cloud.CloudsYaml.Replace("http://", "https://", StringComparison.Ordinal),
            "path" => tenants.Cloud.CloudsYaml.Replace("/identity/v3", "/broken/v3", StringComparison.Ordinal),
            "port" => tenants.Cloud.CloudsYaml.Replace("/identity/v3", "/identity/v3/broken", StringComparison.Ordinal),
            _ => tenants.Cloud.CloudsYaml.Replace("demo-secret", "wrong", StringComparison.Ordinal),
        };
        tenants.Cloud.Faults.Add(
            "POST", "*broken*", new Fault { Status = 503, Headers = new Dictionary<string, string> { ["Retry-After"] = "300" } });
        for (var i = 0; i < 6; i++)
        {
            tenants.AddSecret(
                "a", $"wrong-{i}", yaml.Replace("region_name: RegionOne", $"region_name: Region{i}", StringComparison.Ordinal));
            tenants.AddSet("a", $"wrong-{i}", $"wrong-{i}", $"{Guid.NewGuid()}", "mine");
        }

        var reason = what switch { "password" => "CredentialsRejected", "scheme" => "AuthUrlWrong", _ => "Transient" };
        for (var i = 0; i < 6; i++) await tenants.ReasonAsync("a", $"wrong-{i}", reason);
        for (var edit = 0; edit < 3; edit++) await tenants.EditReachesAsync();
        Assert.Equal(0, tenants.FailedLooks);
    }

    [Fact]
    public async Task Error_pages_that_are_slow_to_parse_are_limited()
    {
        await using var tenants = await TwoTenants.StartAsync();
        await using var pages = await HostileCloud.StartAsync();
        var page = string.Concat(Enumerable.Repeat("<head", 80_000));
        pages.Images = (http, _) =>
        {
            http.Response.StatusCode = 400;
            http.Response.ContentType = "text/html";
            return Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, page);
        };
        tenants.AddSecret("a", "pages", pages.CloudsYaml);
        tenants.AddSets(64, "pages", "pages", _ => $"{Guid.NewGuid()}");
        for (var i = 0; i < 64; i++) await tenants.ReasonAsync("a", $"pages-{i}", "CloudRejects");
        await tenants.EditReachesAsync();
        Assert.DoesNotContain("<head", tenants.Ready("a", "pages-0")!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(0, tenants.FailedLooks);
    }

    [Fact]
    public async Task A_missing_Secret_is_read_once_for_all_sets()
    {
        await using var tenants = await TwoTenants.StartAsync();
        tenants.AddSets(2_000, "orphan", "gone", _ => $"{Guid.NewGuid()}");
        await tenants.EditReachesAsync();
        for (var i = 0; i < 2_000; i += 222) await tenants.ReasonAsync("a", $"orphan-{i}", "SecretNotFound");
        var reads = tenants.Kubernetes.Calls.Matching("GET", "*/namespaces/a/secrets/gone");
        foreach (var (earlier, later) in reads.Zip(reads.Skip(1)))
        {
            Assert.True(
                later.Arrived - earlier.Arrived > TimeSpan.FromSeconds(1), $"asked at {earlier.Arrived:O} and again at {later.Arrived:O}");
        }

        // The two thousand sets share the knowledge that the Secret is missing, and b's reconcile needed no retry.
        Assert.InRange(reads.Count, 1, 300);
        Assert.Equal(0, tenants.FailedLooks);
    }

    [Fact]
    public async Task A_clouds_yaml_that_expands_is_reported()
    {
        await using var tenants = await TwoTenants.StartAsync();
        var bomb = "m0: &m0 {k0: v}\n" + string.Concat(Enumerable.Range(1, 3000).Select(i => $"m{i}: &m{i} {{<<: *m{i - 1}, k{i}: v}}\n"))
            + "clouds: {demo: {}}\n";
        tenants.AddSecret("a", "bomb", bomb);
        tenants.AddSets(100, "bomb", "bomb", _ => $"{Guid.NewGuid()}");
        await tenants.EditReachesAsync();
        await tenants.ReasonAsync("a", "bomb-99", "InvalidCloudsYaml");
        Assert.Equal(0, tenants.FailedLooks);
    }

    [Fact]
    public async Task Many_clouds_with_long_lists_fill_only_the_share_of_their_namespace()
    {
        await using var tenants = await TwoTenants.StartAsync(new CloudLimits { RequestsPerSecond = 1_000_000, ImageMemory = 6_000_000 });
        await using var large = await HostileCloud.StartAsync();
        var page = HostileCloud.Page([.. Enumerable.Range(0, 1000).Select(_ => $"{Guid.NewGuid()}")])
            .Replace("\"active\"", "\"queued\"", StringComparison.Ordinal);
        large.Images = (http, _) => HostileCloud.JsonAsync(http, page);
        for (var i = 0; i < 20; i++)
        {
            tenants.AddSecret("a", $"large-{i}", large.CloudsYaml.Replace("mallory,", $"mallory-{i},", StringComparison.Ordinal));
            tenants.AddSet("a", $"large-{i}", $"large-{i}", imageId: null, "mine");
        }

        for (var i = 0; i < 20; i++) await Eventually.TrueAsync(
            () => tenants.ReasonOf("a", $"large-{i}") is not null, $"large-{i} was looked at", seconds: 120);
        await Eventually.TrueAsync(
            () => Enumerable.Range(0, 20).Count(i => tenants.ReasonOf("a", $"large-{i}") == "CloudRejects") >= 10,
                "most of a's lists have no room", seconds: 120);
        Assert.InRange(tenants.ImageMemory, 0, 2_000_000 + 10_000);
        await tenants.EditReachesAsync();
        Assert.Equal(0, tenants.FailedLooks);
    }

    [Fact]
    public async Task Image_names_with_terminal_escapes_or_bidi_characters_are_escaped_everywhere()
    {
        await using var tenants = await TwoTenants.StartAsync();
        await using var cloud = await HostileCloud.StartAsync();
        var image = $"{Guid.NewGuid()}";
        var tags = "[]";
        cloud.Images = (http, path) =>
        {
            if (http.Request.Method == "GET") return HostileCloud.JsonAsync(
                http, path.EndsWith(image, StringComparison.Ordinal) ? ImageWithEscapes(image, tags) : $$"""{"images": [{{ImageWithEscapes(image, tags)}}]}""");
            tags = "[\"mine\"]";
            return Task.CompletedTask;
        };
        tenants.AddSecret("a", "names", cloud.CloudsYaml);
        tenants.AddSet("a", "names", "names", image, "mine");
        await Eventually.TrueAsync(
            () => tenants.Find("a", "names")?["status"]?["images"]?[0]?["name"] is not null, "the status names the image", seconds: 120);
        await Eventually.TrueAsync(() => tenants.Kubernetes.List("events.events.k8s.io")
            .Any(reported => (string?)reported["metadata"]!["namespace"] == "a"), "an Event tells of it", seconds: 120);
        var set = tenants.Find("a", "names")!;
        Assert.Equal("a\\x1b[2Jb\\u{202e}c\\x00", (string?)set["status"]!["images"]![0]!["name"]);
        foreach (var text in Strings(set["status"]!).Concat(tenants.Kubernetes.List("events.events.k8s.io").SelectMany(Strings)))
        {
            Assert.DoesNotContain(text, c => char.IsControl(c) || c == '\u202e');
        }
    }

    private static void AddSilent(TwoTenants tenants, HostileCloud silent, string name)
    {
        tenants.AddSecret("a", name, silent.CloudsYaml.Replace("mallory,", $"{name},", StringComparison.Ordinal));
        tenants.AddSet("a", name, name, tenants.Image.Id, "mine");
    }

    /// <summary>Terminal escapes in responses of a cloud.</summary>
    private static string ImageWithEscapes(string id, string tags) => HostileCloud.Image(id, tags, name: "a\\u001b[2Jb\\u202ec\\u0000");

    private static IEnumerable<string> Strings(System.Text.Json.Nodes.JsonNode node) => node switch
    {
        System.Text.Json.Nodes.JsonObject fields => fields.Where(field => field.Value is not null)
            .SelectMany(field => Strings(field.Value!)),
        System.Text.Json.Nodes.JsonArray items => items.OfType<System.Text.Json.Nodes.JsonNode>().SelectMany(Strings),
        System.Text.Json.Nodes.JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };
}
