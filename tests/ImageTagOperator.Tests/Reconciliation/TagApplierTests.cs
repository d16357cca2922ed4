using ImageTagOperator.Entities;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Configuration;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Telemetry;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.Reconciliation;

/// <summary>Write, verify and plan again, with a cloud that misbehaves.</summary>
public sealed class TagApplierTests : IAsyncLifetime
{
    private static readonly CloudCredentialsRef Credentials = new() { SecretName = "clouds", CloudName = "demo" };

    private readonly CloudSessions sessions = new(TimeProvider.System);
    private readonly SetCache cache = new();
    private readonly FakeTimeProvider clock = new();
    private readonly TagApplier applier;
    private SandboxCloud cloud = null!;
    private CloudSession session = null!;

    public TagApplierTests()
    {
        var neighbours = new ImageNeighbours(new SetRegistry(cache, cache, clock), new CloudResolver(new NoClouds(), sessions), clock);
        applier = new TagApplier(neighbours, new ServerErrors(clock), new TagMetrics(), new JumpingTime(clock));
    }

    public async ValueTask InitializeAsync()
    {
        cloud = await SandboxCloud.StartAsync();
        session = sessions.Get(CloudsYaml.Parse(cloud.CloudsYaml, "demo"));
    }

    public async ValueTask DisposeAsync()
    {
        sessions.Dispose();
        await cloud.DisposeAsync();
    }

    [Fact]
    public async Task A_write_that_the_cloud_acknowledged_and_lost_is_found_and_repeated()
    {
        var image = cloud.AddImage("lossy");
        cloud.Faults.Add("PUT", "*/tags/golden", new Fault { Status = 204 }, times: 1);
        var result = await ApplyAsync(image, TagPolicy.Exact, "golden", "lts");
        Assert.Null(result.Problem);
        Assert.Equal(["golden", "lts"], image.Tags.Order());
        Assert.Equal(["golden", "lts"], result.Added);
        Assert.Equal(2, cloud.Calls.Matching("PUT", "*/tags/golden").Count);
        Assert.Single(cloud.Calls.Matching("PUT", "*/tags/lts"));
    }

    [Fact]
    public async Task A_write_that_a_replica_shows_late_is_not_sent_again()
    {
        var image = cloud.AddImage("lagging");
        var stale = $$"""{"id": "{{image.Id}}", "name": "lagging", "status": "active", "tags": [], "visibility": "shared"}""";
        var job = await ObserveAsync(image, TagPolicy.Exact, "golden");
        cloud.Faults.Add(
            "GET", $"*/v2/images/{image.Id}", new Fault { Status = 200, ContentType = "application/json", Body = stale }, times: 1);
        var before = clock.GetUtcNow();
        var result = await applier.ApplyAsync(PlannedImage.Of(job), new RemovalBudget(null), CancellationToken.None);
        Assert.Null(result.Problem);
        Assert.Equal(["golden"], result.Added);
        Assert.Single(cloud.Calls.Matching("PUT", "*"));
        Assert.Equal(TagApplier.ReplicaLag, clock.GetUtcNow() - before);
    }

    [Fact]
    public async Task Each_retry_of_an_invisible_write_waits_for_replicas_and_the_message_says_what_was_observed()
    {
        var image = cloud.AddImage("hopeless");
        cloud.Faults.Add("PUT", "*/tags/*", new Fault { Status = 204 });
        var before = clock.GetUtcNow();
        var result = await ApplyAsync(image, TagPolicy.Exact, "golden");
        Assert.Contains("acknowledged these changes", result.Problem!.Message, StringComparison.Ordinal);
        Assert.Contains("2 s later the image does not show them: +golden", result.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(3 * TagApplier.ReplicaLag, clock.GetUtcNow() - before);
    }

    [Fact]
    public async Task An_image_whose_data_is_being_uploaded_is_not_written()
    {
        var image = cloud.AddImage("copying");
        image.Properties["os_glance_importing_to_stores"] = "fast,slow";
        var result = await ApplyAsync(image, TagPolicy.Exact, "golden");
        Assert.Equal(Reason.ImageNotActive, result.Problem!.Reason);
        Assert.Contains("copied", result.Problem.Message, StringComparison.Ordinal);
        Assert.Empty(cloud.Calls.Matching("PUT", "*"));
        image.Properties["os_glance_importing_to_stores"] = "";
        Assert.Null((await ApplyAsync(image, TagPolicy.Exact, "golden")).Problem);
        Assert.Equal(["golden"], image.Tags);
    }

    [Fact]
    public async Task The_lock_of_a_crashed_import_delays_no_tag()
    {
        var image = cloud.AddImage("imported");
        image.Properties["os_glance_import_task"] = "3f1a4c1e-0000-4000-8000-000000000000";
        image.Properties["os_glance_importing_to_stores"] = "";
        Assert.Null((await ApplyAsync(image, TagPolicy.Exact, "golden")).Problem);
        Assert.Equal(["golden"], image.Tags);
    }

    [Fact]
    public async Task A_login_that_fails_between_two_tags_forgets_nothing_that_was_acknowledged()
    {
        var image = cloud.AddImage("expired");
        var job = await ObserveAsync(image, TagPolicy.Exact, "golden", "lts");
        cloud.Faults.Add("PUT", "*/tags/lts", new Fault { Status = 401 });
        cloud.Faults.Add("POST", "*/auth/tokens", new Fault { Status = 503 });
        var result = await applier.ApplyAsync(PlannedImage.Of(job), new RemovalBudget(null), CancellationToken.None);
        Assert.Equal(Reason.Transient, result.Problem!.Reason);
        Assert.Equal(["golden"], result.Added);
        Assert.Equal(["golden"], image.Tags);
    }

    [Fact]
    public async Task Writes_to_a_cloud_that_loses_every_write_stop_after_three_rounds()
    {
        var image = cloud.AddImage("hopeless");
        cloud.Faults.Add("PUT", "*/tags/*", new Fault { Status = 204 });
        var result = await ApplyAsync(image, TagPolicy.Exact, "golden");
        Assert.Equal(Reason.Transient, result.Problem!.Reason);
        Assert.Empty(result.Added);
        Assert.Equal(3, cloud.Calls.Matching("PUT", "*").Count);
    }

    [Fact]
    public async Task A_removal_that_always_fails_is_reported_after_three_times_and_blocks_no_other_tag()
    {
        var image = cloud.AddImage("stuck");
        image.SetTags("twice", "twice", "old");     // as a race leaves it: deleting it answers 500 for ever
        for (var time = 1; time <= 3; time++)
        {
            var result = await ApplyAsync(image, TagPolicy.Exact, "golden");
            Assert.Equal(time < 3 ? Reason.Transient : Reason.TagNotRemovable, result.Problem!.Reason);
            Assert.Contains("'twice'", result.Problem.Message, StringComparison.Ordinal);
            Assert.Equal(["golden", "twice"], image.Tags.Order());
        }

        Assert.Equal(3, cloud.Calls.Matching("DELETE", "*/tags/twice").Count);
        Assert.Single(cloud.Calls.Matching("DELETE", "*/tags/old"));
        Assert.Single(cloud.Calls.Matching("PUT", "*"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_without_a_response_is_not_resent_and_nothing_is_sent_after_it(bool workIsDone)
    {
        var image = cloud.AddImage("silent");
        cloud.Faults.Add("PUT", "*/tags/golden", new Fault { ResetAfterWork = workIsDone, ResetBeforeWork = !workIsDone });
        var result = await ApplyAsync(image, TagPolicy.Exact, "golden", "lts");
        Assert.Equal(Reason.Transient, result.Problem!.Reason);
        Assert.True(result.Problem.RetryAfter >= TimeSpan.FromSeconds(5), "it waits for a write that may still be running");
        Assert.Single(cloud.Calls.Writes, call => call.Method == "PUT");

        // No other set writes to the image while the write may still run.
        var other = await ApplyAsync(image, TagPolicy.Additive, "stable");
        Assert.Equal(Reason.Transient, other.Problem!.Reason);
        Assert.Single(cloud.Calls.Writes, call => call.Method == "PUT");
    }

    [Fact]
    public async Task A_tag_is_never_added_while_an_equal_one_could_not_be_removed()
    {
        var image = cloud.AddImage("folding", "Golden");
        cloud.Faults.Add("DELETE", "*/tags/Golden", new Fault { Status = 500 });
        var result = await ApplyAsync(image, TagPolicy.Exact, "golden", "lts");
        Assert.Equal(Reason.Transient, result.Problem!.Reason);
        Assert.Equal(["Golden", "lts"], image.Tags.Order(StringComparer.Ordinal));
        Assert.Empty(cloud.Calls.Matching("PUT", "*/tags/golden"));
    }

    [Fact]
    public async Task A_false_404_is_not_believed()
    {
        var image = cloud.AddImage("there");
        cloud.Faults.Add("PUT", "*/tags/golden", new Fault { Status = 404 }, times: 1);
        var result = await ApplyAsync(image, TagPolicy.Exact, "golden");
        Assert.Null(result.Problem);
        Assert.Equal(["golden"], image.Tags);
    }

    [Fact]
    public async Task An_image_that_is_deleted_meanwhile_is_reported()
    {
        var image = cloud.AddImage("going");
        var job = await ObserveAsync(image, TagPolicy.Exact, "golden");
        cloud.RemoveImage(image);
        var result = await applier.ApplyAsync(PlannedImage.Of(job), new RemovalBudget(null), CancellationToken.None);
        Assert.Equal(Reason.ImageNotFound, result.Problem!.Reason);
    }

    [Fact]
    public async Task A_set_that_is_excluded_after_its_first_writes_manages_what_it_wrote()
    {
        var job = await ObserveAsync(cloud.AddImage("contested"), TagPolicy.Exact, "golden", "lts");
        var excluded = ImageResult.Untouched(PlannedImage.Of(job), new Problem(Reason.Conflict, "Another one is older."));
        Assert.Empty(Managed(excluded));
        Assert.Equal(["golden"], Managed(excluded with { Added = ["golden"] }));

        IEnumerable<string> Managed(ImageResult result) => result.Share.Managed(mayWrite: true, result.Problem, result.Added);
    }

    [Fact]
    public async Task The_quota_is_learnt_from_a_rejection_and_removals_come_first_then()
    {
        cloud.TagQuota = 2;
        var (first, second) = (cloud.AddImage("full", "a", "b"), cloud.AddImage("full-too", "c", "d"));
        static bool IsRefused(Call call) => call.Status == 413;
        Assert.Null((await ApplyAsync(first, TagPolicy.Exact, "x", "y")).Problem);
        Assert.Equal(["x", "y"], first.Tags.Order());
        Assert.Single(cloud.Calls.All, IsRefused);

        // A rejection for one image says nothing about another: a set that fills its own image must not delay the tags of others.
        cloud.TagQuota = 3;
        Assert.Null((await ApplyAsync(second, TagPolicy.Additive, "x")).Problem);
        Assert.Equal(["c", "d", "x"], second.Tags.Order());
        Assert.Single(cloud.Calls.All, IsRefused);
    }

    [Fact]
    public async Task A_quota_below_the_current_number_of_tags_is_found_step_by_step()
    {
        var image = cloud.AddImage("over", "a", "b", "c", "d");
        cloud.TagQuota = 2;
        for (var again = 0; again < 3; again++) await ApplyAsync(image, TagPolicy.Exact, "x");
        Assert.Equal(["x"], image.Tags);
    }

    [Fact]
    public async Task A_quota_stops_only_the_tags_that_do_not_fit()
    {
        cloud.TagQuota = 1;
        var image = cloud.AddImage("full");
        var result = await ApplyAsync(image, TagPolicy.Exact, "golden", "lts");
        Assert.Equal(Reason.TagQuotaExceeded, result.Problem!.Reason);
        Assert.Contains("'lts'", result.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(["golden"], image.Tags);
    }

    [Fact]
    public async Task The_image_of_another_client_is_not_written_and_the_reason_is_reported()
    {
        var image = cloud.AddImage("foreign");
        (image.Owner, image.Visibility) = (cloud.Identity.Project("other").Id, "public");
        var result = await ApplyAsync(image, TagPolicy.Exact, "golden", "lts");
        Assert.Equal(Reason.Forbidden, result.Problem!.Reason);
        Assert.Single(cloud.Calls.Writes, call => call.Method == "PUT");
    }

    [Fact]
    public async Task A_refused_removal_is_reported_although_another_set_declares_the_tag()
    {
        var image = cloud.AddImage("foreign", "theirs");
        (image.Owner, image.Visibility) = (cloud.Identity.Project("other").Id, "public");
        cache.Publish(WatchEventType.Added, new V1Alpha1ImageTagSet
        {
            Metadata = { Name = "other", NamespaceProperty = "ns", Uid = "other", CreationTimestamp = clock.GetUtcNow().UtcDateTime },
            Spec = { Image = new ImageReference { Id = image.Id }, Tags = ["theirs"], CloudCredentialsRef = Credentials },
        });
        var result = await ApplyAsync(image, TagPolicy.Exact);
        Assert.Equal(Reason.Forbidden, result.Problem!.Reason);
        Assert.Equal(WriteAccess.Refused, result.WriteAccess);
        Assert.Equal(["theirs"], result.Plan.Removes);
        Assert.Single(cloud.Calls.Writes, call => call.Method == "DELETE");
        Assert.False(result.Observed.Gate.RemovedSince("theirs", DateTimeOffset.MinValue));
    }

    [Fact]
    public async Task The_gate_of_an_image_knows_when_a_tag_was_removed()
    {
        var result = await ApplyAsync(cloud.AddImage("changed", "old"), TagPolicy.Exact, "golden");
        Assert.Equal(["old"], result.Removed);
        var gate = result.Observed.Gate;
        Assert.True(gate.RemovedSince("old", DateTimeOffset.MinValue));
        Assert.False(gate.RemovedSince("old", TimeProvider.System.GetUtcNow().AddMinutes(1)));
        Assert.False(gate.RemovedSince("golden", DateTimeOffset.MinValue));
    }

    [Fact]
    public async Task Writes_to_one_image_never_overlap_across_sessions()
    {
        var image = cloud.AddImage("busy");
        cloud.RaceWindow = TimeSpan.FromMilliseconds(20);
        var other = sessions.Get(CloudsYaml.Parse(cloud.CloudsYaml, "admin"));
        var jobs = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => ObserveAsync(image, TagPolicy.Additive, $"a{i}", $"b{i}")));
        await Task.WhenAll(jobs.Select((job, i) => applier.ApplyAsync(
            PlannedImage.Of(job with { By = job.By with { Session = i % 2 == 0 ? session : other } }), new RemovalBudget(null),
                CancellationToken.None)));

        Assert.Equal(16, image.Tags.Count);
        var writes = cloud.Calls.Writes.Where(call => call.Target.Contains("/tags/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(16, writes.Length);
        Assert.All(writes.Zip(writes.Skip(1)), pair =>
            Assert.True(pair.First.Completed <= pair.Second.Arrived, $"{pair.Second} started before {pair.First} had ended"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_long_holder_of_an_image_gate_yields_between_two_writes(bool isWaitedFor)
    {
        var image = cloud.AddImage("long");
        var job = await ObserveAsync(image, TagPolicy.Exact, "a", "b", "c", "d", "e");
        Task<IDisposable>? other = null;
        cloud.Faults.Decide = call =>
        {
            if (call.Method != "PUT") return null;
            if (isWaitedFor) other ??= job.Gate.EnterAsync("other", CancellationToken.None);
            clock.Advance(TimeSpan.FromSeconds(4));
            return null;
        };
        var result = await applier.ApplyAsync(PlannedImage.Of(job), new RemovalBudget(null), CancellationToken.None);
        if (isWaitedFor)
        {
            Assert.Equal(["a", "b", "c"], result.Added);
            Assert.Equal(Reason.Transient, result.Problem!.Reason);
            Assert.Contains("Others wait to change image 'long'", result.Problem.Message, StringComparison.Ordinal);
            Assert.EndsWith("+d, +e.", result.Problem.Message, StringComparison.Ordinal);
            (await other!).Dispose();
        }
        else
        {
            Assert.Null(result.Problem);
            Assert.Equal(5, result.Added.Count);
        }
    }

    [Fact]
    public async Task An_acknowledged_change_is_reported_even_when_it_cannot_be_verified()
    {
        var image = cloud.AddImage("unread", "old");
        var job = await ObserveAsync(image, TagPolicy.Exact, "golden");
        cloud.Faults.Add("GET", $"*/v2/images/{image.Id}", new Fault { Status = 500 });
        var result = await applier.ApplyAsync(PlannedImage.Of(job), new RemovalBudget(null), CancellationToken.None);
        Assert.Equal(Reason.Transient, result.Problem!.Reason);
        Assert.Equal(("golden", "old"), (Assert.Single(result.Added), Assert.Single(result.Removed)));
    }

    [Fact]
    public async Task Images_of_one_reconcile_share_the_removal_limit()
    {
        var removals = new RemovalBudget(3);
        var (first, second) = (cloud.AddImage("first", "a", "b"), cloud.AddImage("second", "c", "d"));
        Assert.Null((
            await applier.ApplyAsync(
            PlannedImage.Of(await ObserveAsync(first, TagPolicy.Exact)), removals, CancellationToken.None)).Problem);

        // A write that the cloud lost and that is repeated counts once.
        first.SetTags("a");
        Assert.Null((
            await applier.ApplyAsync(
            PlannedImage.Of(await ObserveAsync(first, TagPolicy.Exact)), removals, CancellationToken.None)).Problem);
        Assert.Empty(first.Tags);

        var refused = await applier.ApplyAsync(
            PlannedImage.Of(await ObserveAsync(second, TagPolicy.Exact, "golden")), removals, CancellationToken.None);
        Assert.Equal(Reason.RemovalLimitExceeded, refused.Problem!.Reason);
        Assert.Contains("2 tags (c, d) would be removed from image 'second'", refused.Problem.Message, StringComparison.Ordinal);
        Assert.Equal(["c", "d"], second.Tags.Order());
    }

    private async Task<ImageResult> ApplyAsync(SandboxImage image, TagPolicy policy, params string[] tags) =>
        await applier.ApplyAsync(PlannedImage.Of(await ObserveAsync(image, policy, tags)), new RemovalBudget(null), CancellationToken.None);

    private async Task<ObservedImage> ObserveAsync(SandboxImage image, TagPolicy policy, params string[] tags)
    {
        var access = await session.GetAccessAsync(CancellationToken.None);
        var (asOf, sequence) = (clock.GetUtcNow(), sessions.Gates.Sequence);
        var live = await session.GetImageAsync(image.Id, CancellationToken.None);
        var set = new RegisteredSet(
            new V1Alpha1ImageTagSet { Metadata = { Name = "set", NamespaceProperty = "ns", Uid = "set" } }, new SetMemory(), clock.GetUtcNow());
        var claim = new ImageClaim("ns/set", DateTimeOffset.UnixEpoch, new TagDeclaration(tags, policy, []), []);
        var by = new CloudConnection(Credentials, session, access);
        return new ObservedImage(set, by, live!, new ImageReading([live!], asOf, sequence), claim, []);
    }

    private sealed class NoClouds : ICloudDirectory
    {
        public Task<CloudConfiguration> FindAsync(
            RegisteredSet set, CloudCredentialsRef reference, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("There are no other sets.");

        public string Describe(RegisteredSet set, CloudCredentialsRef reference) => "nothing";
    }
}
