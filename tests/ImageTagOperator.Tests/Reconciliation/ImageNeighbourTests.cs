using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>How long the sets of namespace a can delay a reconcile of the image of namespace b. The clock only moves when a test advances
/// it.</summary>
public sealed class ImageNeighbourTests : IDisposable
{
    private const string Image = "11111111-1111-4111-8111-111111111111";

    private readonly FakeTimeProvider time = new();
    private readonly SetCache cache = new();
    private readonly Clouds clouds = new();
    private readonly CloudSessions sessions;
    private readonly SetRegistry registry;
    private readonly CloudResolver resolver;
    private readonly ImageNeighbours neighbours;
    private CloudSession? session;

    public ImageNeighbourTests()
    {
        sessions = new CloudSessions(new CloudLimits { RequestsPerSecond = 1_000_000 }, time) { Transport = _ => new Wire(clouds) };
        registry = new SetRegistry(cache, cache, TimeProvider.System);
        resolver = new CloudResolver(clouds, sessions);
        neighbours = new ImageNeighbours(registry, resolver, time);
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        clouds.Silence.TrySetResult();
        registry.Dispose();
        sessions.Dispose();
    }

    [Fact]
    public async Task Credentials_for_another_Keystone_are_never_used_for_an_image_of_this_one()
    {
        for (var i = 0; i < 40; i++) Add($"a{i}", $"silent-{i} http://other-{i}.test");
        Assert.Empty(await FindClaimsAsync());
        Assert.DoesNotContain(clouds.Requests, request => request.Contains("other", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Credentials_that_can_see_the_image_count_and_are_used_once_for_all_their_sets()
    {
        for (var i = 0; i < 1000; i++) Add($"a{i}", "good");
        Assert.Equal(1000, (await FindClaimsAsync()).Count);
        Assert.Equal(1000, (await FindClaimsAsync()).Count);
        // a login, and the image
        Assert.Equal(2, clouds.Requests.Count(request => request.StartsWith("good ", StringComparison.Ordinal)));
        Assert.Equal(1, clouds.Found["good"]);
    }

    [Fact]
    public async Task Neighbours_that_do_not_respond_delay_a_reconcile_by_five_seconds_in_total()
    {
        for (var i = 0; i < 40; i++) Add($"a{i}", $"silent-{i}");
        var first = FindClaimsAsync();
        await time.UntilDueInAsync(TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(3));
        var error = await Assert.ThrowsAsync<CloudException>(() => first);
        Assert.Equal(CloudErrorKind.Transient, error.Kind);
        Assert.Contains("namespace a ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a/a", error.Message, StringComparison.Ordinal);

        Assert.Empty(await FindClaimsWithRetriesAsync());
        for (var reconcile = 0; reconcile < 20; reconcile++) Assert.Empty(await FindClaimsAsync());      // the clock does not move
        // At most eight requests at a time, and a server that never responds does not get more and more of them.
        Assert.InRange(clouds.Requests.Count(request => request.StartsWith("silent", StringComparison.Ordinal)), 1, 16);
    }

    [Fact]
    public async Task New_neighbours_delay_a_reconcile_no_longer_than_existing_ones()
    {
        await FindClaimsWithRetriesAsync();
        for (var round = 0; round < 60; round++)
        {
            for (var i = 0; i < 40; i++) Add($"a{round}-{i}", $"silent-{round}-{i}");
            if (round == 0) await FindClaimsWithRetriesAsync();
            // The clock does not move: a reconcile that waits for it would never end.
            var reconcile = FindClaimsAsync();
            await Eventually.TrueAsync(() => reconcile.IsCompleted, "the reconcile does not wait");
            Assert.Empty(await reconcile);
        }
    }

    [Fact]
    public async Task All_sets_of_a_namespace_share_the_wait_for_another_namespace()
    {
        for (var i = 0; i < 40; i++) Add($"a{i}", $"silent-{i}");
        var started = time.GetUtcNow();
        var reconciles = Enumerable.Range(0, 100).Select(i => FindClaimsWithRetriesAsync($"b{i}")).ToArray();
        await time.AdvanceUntilAsync(() => reconciles.All(reconcile => reconcile.IsCompleted), "all reconciles have ended");
        await Task.WhenAll(reconciles);
        Assert.InRange(time.GetUtcNow() - started, TimeSpan.Zero, TimeSpan.FromSeconds(15));     // the clock advances while they work
    }

    [Fact]
    public async Task A_namespace_is_trusted_again_after_a_while()
    {
        Add("a", "silent");
        await FindClaimsWithRetriesAsync();
        time.Advance(TimeSpan.FromMinutes(6));
        var again = FindClaimsAsync();
        await time.UntilDueInAsync(TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(3));
        await Assert.ThrowsAsync<CloudException>(() => again);
    }

    [Fact]
    public async Task A_neighbour_whose_cloud_is_slow_for_a_moment_still_counts()
    {
        Add("a", "silent");
        var reconcile = FindClaimsAsync();
        await time.UntilDueInAsync(TimeSpan.FromSeconds(3));
        time.Advance(TimeSpan.FromSeconds(2));
        clouds.Silence.SetResult();
        Assert.Equal("a/a", Assert.Single(await reconcile).Owner);
    }

    [Fact]
    public async Task A_neighbour_whose_cloud_fails_for_a_moment_is_retried_and_counts()
    {
        clouds.Failing = 2;
        Add("a", "failing");
        for (var i = 0; i < 2; i++) await Assert.ThrowsAsync<CloudException>(() => FindClaimsAsync());
        Assert.Equal("a/a", Assert.Single(await FindClaimsAsync()).Owner);
    }

    [Fact]
    public async Task A_neighbour_that_does_not_respond_does_not_hide_the_claims_of_others()
    {
        Add("bad", "silent");
        Add("good", "good");
        Add("other", "good", inNamespace: "c");
        Assert.Equal(["a/good", "c/other"], (await FindClaimsWithRetriesAsync()).Select(claim => claim.Owner).Order());
    }

    /// <summary>The last list is empty, and the status of the set with newest knows another image.</summary>
    [Theory]
    [InlineData("22222222-2222-4222-8222-222222222222", null, false)]     // the list is incomplete, so the status decides
    [InlineData("22222222-2222-4222-8222-222222222222", "another cloud", true)]
    [InlineData(null, null, true)]
    public async Task A_list_that_lacks_a_known_image_does_not_show_which_image_is_the_newest(string? known, string? cloud, bool hasClaim)
    {
        var set = Set("newest", "own", "b");
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = ["ubuntu*"], Newest = 1 } };
        set.Status.Image = set.Spec.Image;
        if (known is not null) set.Status.Images = [new ImageState { Id = known, Cloud = cloud }];
        cache.Publish(WatchEventType.Added, set);
        await FindClaimsAsync();
        await session!.Images.ReadAsync(ImageChoice.Term(set.Spec.Image), Cancel);
        Assert.Equal(hasClaim ? ["b/newest"] : [], (await FindClaimsAsync()).Select(claim => claim.Owner));
    }

    private void Add(string name, string secret, string inNamespace = "a") =>
        cache.Publish(WatchEventType.Added, Set(name, secret, inNamespace));

    private static V1Alpha1ImageTagSet Set(string name, string secret, string inNamespace) => new()
    {
        Metadata = { Name = name, NamespaceProperty = inNamespace, Uid = $"{inNamespace}-{name}", Generation = 1 },
        Spec =
        {
            Image = new ImageReference { Id = Image },
            Tags = ["mine"],
            CloudCredentialsRef = new CloudCredentialsRef { SecretName = secret, CloudName = "demo" },
        },
    };

    private async Task<IReadOnlyList<ImageClaim>> FindClaimsAsync(string by = "b")
    {
        var self = Set(by, "own", "b");
        session ??= await resolver.ResolveAsync(registry.Of(self), self.Spec.CloudCredentialsRef, Cancel);
        var image = new Image { Id = Image, Name = "ubuntu", Status = "active", Tags = [] };
        return await neighbours.FindClaimsAsync(
            self, new CloudConnection(self.Spec.CloudCredentialsRef, session, await session.GetAccessAsync(Cancel)), image, Cancel);
    }

    /// <summary>Retries at once, as long as the result is a retry.</summary>
    private async Task<IReadOnlyList<ImageClaim>> FindClaimsWithRetriesAsync(string by = "b")
    {
        for (var tries = 0; tries <= 5; tries++)
        {
            try
            {
                var reconcile = FindClaimsAsync(by);
                if (by == "b") await time.AdvanceUntilAsync(
                    () => reconcile.IsCompleted, "the reconcile has ended", step: TimeSpan.FromMilliseconds(50));
                return await reconcile;
            }
            catch (CloudException)
            {
                // The reconcile is retried.
            }
        }

        throw new InvalidOperationException("The reconcile is retried without end.");
    }

    /// <summary>The name of a Secret says what it leads to: the behaviour of its Keystone, and the address.</summary>
    private sealed class Clouds : ICloudDirectory
    {
        public ConcurrentQueue<string> Requests { get; } = new();

        public ConcurrentDictionary<string, int> Found { get; } = new();

        public TaskCompletionSource Silence { get; } = new();

        /// <summary>The number of logins that fail because the server is busy.</summary>
        public int Failing { get; set; }

        public Task<CloudConfiguration> FindAsync(
            RegisteredSet set, CloudCredentialsRef reference, CancellationToken cancellationToken)
        {
            var secret = reference.SecretName;
            Found.AddOrUpdate(secret, 1, (_, count) => count + 1);
            var (user, url) = secret.Split(' ') is [var first, var second] ? (first, second) : (secret, "http://keystone.test");
            var auth = $"auth_url: '{url}/v3', username: {user}, password: p, project_name: p, user_domain_name: d, project_domain_name: d";
            return Task.FromResult(CloudsYaml.Parse($"clouds: {{demo: {{auth: {{{auth}}}}}}}", "demo"));
        }

        public string Describe(RegisteredSet set, CloudCredentialsRef reference) => reference.SecretName;
    }

    private sealed class Wire(Clouds clouds) : HttpMessageHandler
    {
        private string user = "";

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Post)
            {
                var login = await request.Content!.ReadAsStringAsync(cancellationToken);
                user = (string)JsonNode.Parse(login)!["auth"]!["identity"]!["password"]!["user"]!["name"]!;
            }

            clouds.Requests.Enqueue($"{user} {request.Method} {request.RequestUri}");
            if (user.StartsWith("silent", StringComparison.Ordinal)) await clouds.Silence.Task.WaitAsync(cancellationToken);
            if (user == "failing" && clouds.Failing-- > 0) return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            var body = request.Method == HttpMethod.Post
                ? """
                  {"token": {"expires_at": "2999-01-01T00:00:00.000000Z", "project": {"id": "p"}, "catalog": [
                   {"type": "image", "id": "glance", "endpoints":
                    [{"interface": "public", "region": "RegionOne", "region_id": "RegionOne", "url": "http://glance.test"}]}]}}
                  """
                : request.RequestUri!.AbsolutePath == "/v2/images" ? """{"images": []}"""
                : $$"""{"id": "{{Image}}", "name": "ubuntu", "status": "active", "tags": []}""";
            var status = request.Method == HttpMethod.Post ? HttpStatusCode.Created : HttpStatusCode.OK;
            var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            response.Headers.Add("X-Subject-Token", "token");
            return response;
        }
    }
}
