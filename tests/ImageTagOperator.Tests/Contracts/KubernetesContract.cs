using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Scenarios;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.Contracts;

/// <summary>The responses of an API server to the operator's client.</summary>
public abstract class KubernetesContract<TWorld>
    where TWorld : World, IWorldFactory
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_name_is_unique()
    {
        await using var cluster = await ClusterAsync();
        var created = await cluster.CreateAsync("one");
        Assert.Equal(1, created.Metadata.Generation);
        Assert.NotNull(created.Metadata.Uid);
        Assert.NotNull(created.Metadata.ResourceVersion);
        Assert.NotNull(created.Metadata.CreationTimestamp);
        var error = await RefusedAsync(() => cluster.CreateAsync("one"));
        Assert.Equal((409, "AlreadyExists"), ((int)error.StatusCode, error.Status.Reason));
        Assert.Contains("imagetagsets.imagetags.io \"one\" already exists", error.Message, StringComparison.Ordinal);
        Assert.True(error is { IsAlreadyExists: true, IsConflict: false });
    }

    [Fact]
    public async Task A_generated_name_starts_with_the_given_prefix()
    {
        await using var cluster = await ClusterAsync();
        var set = cluster.Set("");
        (set.Metadata.Name, set.Metadata.GenerateName) = (null, "some-");
        Assert.Matches("^some-[a-z0-9]{5}$", (await cluster.Client.CreateAsync(set)).Metadata.Name);
    }

    [Fact]
    public async Task A_stale_write_is_a_conflict()
    {
        await using var cluster = await ClusterAsync();
        var first = await cluster.CreateAsync("stale");
        var second = (await cluster.GetAsync("stale"))!;
        second.Spec!["suspend"] = true;
        await cluster.Client.UpdateAsync(second);
        first.Spec!["suspend"] = false;
        first.Status = new JsonObject { ["imageCount"] = 1 };
        foreach (var write in new Func<Task>[]
        {
            () => cluster.Client.UpdateAsync(first),
            () => cluster.Client.UpdateStatusAsync(first),
            () => cluster.PatchAsync(
                "stale", $$$"""{"metadata": {"resourceVersion": "{{{first.Metadata.ResourceVersion}}}", "labels": {"a": "b"} } }"""),
        })
        {
            var error = await RefusedAsync(write);
            Assert.Equal((409, "Conflict"), ((int)error.StatusCode, error.Status.Reason));
            Assert.Contains("the object has been modified; please apply your changes to the latest version and try again", error.Message,
                StringComparison.Ordinal);
            Assert.True(error is { IsConflict: true, IsAlreadyExists: false });
        }
    }

    [Fact]
    public async Task Spec_and_status_are_written_separately_and_only_the_spec_changes_the_generation()
    {
        await using var cluster = await ClusterAsync();
        var set = cluster.Set("apart");
        set.Status = new JsonObject { ["imageCount"] = 7 };
        set = await cluster.Client.CreateAsync(set);
        Assert.Null(set.Status);
        Assert.Equal(1, set.Metadata.Generation);

        set.Status = new JsonObject { ["imageCount"] = 1 };
        set.Spec!["suspend"] = true;
        set.Metadata.Labels = new Dictionary<string, string> { ["ignored"] = "yes" };
        set = await cluster.Client.UpdateStatusAsync(set);
        Assert.Equal((1, false, 1), ((int)set.Status!["imageCount"]!, (bool)set.Spec!["suspend"]!, set.Metadata.Generation));
        Assert.Null(set.Metadata.Labels);

        set.Status["imageCount"] = 2;
        set.Spec["suspend"] = true;
        set = await cluster.Client.UpdateAsync(set);
        Assert.Equal((1, true, 2), ((int)set.Status!["imageCount"]!, (bool)set.Spec!["suspend"]!, set.Metadata.Generation));

        set.Metadata.Labels = new Dictionary<string, string> { ["a"] = "b" };
        set = await cluster.Client.UpdateAsync(set);
        Assert.Equal(2, set.Metadata.Generation);

        // A write without a change does not create a new version.
        var same = await cluster.Client.UpdateAsync(set);
        Assert.Equal(set.Metadata.ResourceVersion, same.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task A_merge_patch_adds_replaces_and_removes()
    {
        await using var cluster = await ClusterAsync();
        var set = cluster.Set("patched");
        (set.Metadata.Labels, set.Metadata.Finalizers) = (new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" },
            ["imagetags.io/x", "imagetags.io/y"]);
        await cluster.Client.CreateAsync(set);
        set = await cluster.PatchAsync("patched",
            """{"metadata": {"labels": {"a": null, "c": "3"}, "finalizers": null}, "spec": {"tags": ["z"]}, "status": {"imageCount": 3}}""");
        Assert.Equal(
            "b=2,c=3", string.Join(',', set.Metadata.Labels!.OrderBy(label => label.Key).Select(label => $"{label.Key}={label.Value}")));
        Assert.Null(set.Metadata.Finalizers);
        Assert.Equal("""["z"]""", set.Spec!["tags"]!.ToJsonString());
        Assert.Equal(2, set.Metadata.Generation);
        Assert.Null(set.Status);

        set = await cluster.PatchAsync("patched", """{"spec": {"tags": []}, "status": {"imageCount": 3}}""", "status");
        Assert.Equal(("""["z"]""", 3, 2), (set.Spec!["tags"]!.ToJsonString(), (int)set.Status!["imageCount"]!, set.Metadata.Generation));
    }

    [Fact]
    public async Task The_schema_names_every_invalid_field()
    {
        await using var cluster = await ClusterAsync();
        var set = cluster.Set("wrong");
        set.Spec = (JsonObject)JsonNode.Parse(
            """{"cloudCredentialsRef": {"secretName": "s"}, "image": {}, "tags": ["a/b", "x", "x"], "policy": "Sometimes", "maxRemovals": -1}""")!;
        var error = await RefusedAsync(() => cluster.Client.CreateAsync(set));
        Assert.Equal((422, "Invalid"), ((int)error.StatusCode, error.Status.Reason));
        Assert.StartsWith("ImageTagSet.imagetags.io \"wrong\" is invalid: [", error.Status.Message, StringComparison.Ordinal);
        // A server with CEL rules adds that it did not evaluate them.
        var causes = error.Status.Details!.Causes!
            .Where(cause => cause.Message?.Contains("some validation rules were not checked", StringComparison.Ordinal) != true)
            .Select(Describe).Order(StringComparer.Ordinal);
        Assert.Equal(
            [
                "spec.cloudCredentialsRef.cloudName FieldValueRequired",
                "spec.image FieldValueInvalid",
                "spec.maxRemovals FieldValueInvalid",
                "spec.policy FieldValueNotSupported",
                "spec.tags FieldValueInvalid",
                "spec.tags[2] FieldValueDuplicate",
            ],
            causes);
        Assert.Null(await cluster.GetAsync("wrong"));
    }

    [Theory]
    [InlineData("""{"spec": {"tags": "x"}}""", "spec.tags", "FieldValueInvalid")]
    [InlineData("""{"spec": {"tags": ["a", "b", "a"]}}""", "spec.tags[2]", "FieldValueDuplicate")]
    [InlineData("""{"spec": {"tags": [".."]}}""", "<nil>", "FieldValueInvalid")]
    [InlineData("""{"spec": {"image": {"id": "no"}}}""", "spec.image", "FieldValueInvalid")]
    [InlineData("""{"spec": {"interval": "soon"}}""", "spec.interval", "FieldValueInvalid")]
    [InlineData("""{"spec": {"cloudCredentialsRef": {"secretName": ""}}}""", "spec.cloudCredentialsRef.secretName", "FieldValueInvalid")]
    [InlineData("""{"spec": {"tags": null}}""", "spec.tags", "FieldValueRequired")]
    [InlineData("""{"spec": {"suspend": "yes"}}""", "spec.suspend", "FieldValueInvalid")]
    public async Task A_patch_that_the_schema_rejects_is_422(string patch, string field, string reason)
    {
        await using var cluster = await ClusterAsync();
        await cluster.CreateAsync("refused");
        var error = await RefusedAsync(() => cluster.PatchAsync("refused", patch));
        Assert.Equal(422, (int)error.StatusCode);
        Assert.Contains($"{field} {reason}", error.Status.Details!.Causes!.Select(Describe));
        Assert.Equal(1, (await cluster.GetAsync("refused"))!.Metadata.Generation);
    }

    [Fact]
    public async Task Defaults_are_filled_in_and_unknown_fields_are_dropped()
    {
        await using var cluster = await ClusterAsync();
        var set = cluster.Set("defaults");
        set.Spec!["colour"] = "blue";
        set.Spec["image"]!["shade"] = "dark";
        set = await cluster.Client.CreateAsync(set);
        Assert.Equal(
            ["cloudCredentialsRef", "deletionPolicy", "image", "interval", "mode", "policy", "suspend", "tags"],
            set.Spec!.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.Equal("Exact Enforce Remove 10m false",
            $"{set.Spec!["policy"]} {set.Spec["mode"]} {set.Spec["deletionPolicy"]} {set.Spec["interval"]} {set.Spec["suspend"]}");
        Assert.Equal(["name"], set.Spec["image"]!.AsObject().Select(field => field.Key));
    }

    [Fact]
    public async Task A_finalizer_keeps_the_object_until_it_is_removed()
    {
        await using var cluster = await ClusterAsync();
        var set = cluster.Set("kept");
        set.Metadata.Finalizers = ["imagetags.io/a", "imagetags.io/b"];
        set = await cluster.Client.CreateAsync(set);
        await cluster.Client.DeleteAsync<RawSet>(set.Key());
        var dying = (await cluster.GetAsync("kept"))!;
        Assert.NotNull(dying.Metadata.DeletionTimestamp);
        Assert.Equal(2, dying.Metadata.Generation);
        Assert.Equal(set.Metadata.Uid, dying.Metadata.Uid);

        // A second deletion changes nothing, and no finalizer can be added.
        await cluster.Client.DeleteAsync<RawSet>(set.Key());
        Assert.Equal(dying.Metadata.ResourceVersion, (await cluster.GetAsync("kept"))!.Metadata.ResourceVersion);
        var late = await RefusedAsync(
            () => cluster.PatchAsync("kept", """{"metadata": {"finalizers": ["imagetags.io/a", "imagetags.io/b", "imagetags.io/c"]}}"""));
        Assert.Equal((422, "metadata.finalizers"), ((int)late.StatusCode, late.Status.Details!.Causes![0].Field));

        // The status of a deleted object can still be updated.
        dying.Status = new JsonObject { ["imageCount"] = 1 };
        dying = await cluster.Client.UpdateStatusAsync(dying);
        dying.Metadata.Finalizers = ["imagetags.io/b"];
        dying = await cluster.Client.UpdateAsync(dying);
        Assert.NotNull(await cluster.GetAsync("kept"));
        dying.Metadata.Finalizers = null;
        await cluster.Client.UpdateAsync(dying);
        Assert.Null(await cluster.GetAsync("kept"));
    }

    [Fact]
    public async Task A_delete_for_another_uid_is_a_conflict()
    {
        await using var cluster = await ClusterAsync();
        var set = await cluster.CreateAsync("uid");
        var error = await RefusedAsync(() => cluster.Client.DeleteAsync<RawSet>(set.Key(), "00000000-0000-4000-8000-000000000000"));
        Assert.Equal((409, "Conflict"), ((int)error.StatusCode, error.Status.Reason));
        Assert.NotNull(await cluster.GetAsync("uid"));
        await cluster.Client.DeleteAsync<RawSet>(set.Key(), set.Metadata.Uid);
        Assert.Null(await cluster.GetAsync("uid"));
        await cluster.Client.DeleteAsync<RawSet>(set.Key(), set.Metadata.Uid);
    }

    [Fact]
    public async Task A_list_has_pages()
    {
        await using var cluster = await ClusterAsync();
        foreach (var name in new[] { "c", "a", "e", "b", "d" }) await cluster.CreateAsync(name);
        var all = await cluster.Client.ListAsync<RawSet>(cluster.Namespace, new ListOptions(PageSize: 2));
        Assert.Equal(["a", "b", "c", "d", "e"], all.Items.Select(set => set.Metadata.Name));
        Assert.NotNull(all.ResourceVersion);
        Assert.All(all.Items, set => Assert.Equal(("imagetags.io/v1alpha1", "ImageTagSet"), (set.ApiVersion, set.Kind)));
        Assert.Empty((await cluster.Client.ListAsync<RawSet>("nowhere-" + cluster.Namespace)).Items);
    }

    [Fact]
    public async Task A_list_can_be_filtered_by_labels_and_fields()
    {
        await using var cluster = await ClusterAsync();
        await cluster.CreateAsync("a");
        await cluster.CreateAsync("b");
        await cluster.PatchAsync("b", """{"metadata": {"labels": {"tier": "x"}}}""");
        async Task<string[]> Names(ListOptions options) =>
            [.. (await cluster.Client.ListAsync<RawSet>(cluster.Namespace, options)).Items.Select(set => set.Metadata.Name!)];
        Assert.Equal(["b"], await Names(new ListOptions(LabelSelector: "tier=x")));
        Assert.Equal(["a"], await Names(new ListOptions(LabelSelector: "!tier")));
        Assert.Equal(["a"], await Names(new ListOptions(FieldSelector: "metadata.name=a")));
        var error = await RefusedAsync(() => Names(new ListOptions(FieldSelector: "spec.policy=Exact")));
        Assert.Equal((400, "BadRequest"), ((int)error.StatusCode, error.Status.Reason));
    }

    [Fact]
    public async Task A_watch_sends_all_changes_since_the_list()
    {
        await using var cluster = await ClusterAsync();
        await cluster.CreateAsync("before");
        var list = await cluster.Client.ListAsync<RawSet>(cluster.Namespace);
        var set = await cluster.CreateAsync("seen");
        await cluster.PatchAsync("seen", """{"spec": {"suspend": true}}""");
        await cluster.Client.DeleteAsync<RawSet>(set.Key());

        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        var seen = new List<WatchEvent<RawSet>>();
        await foreach (var happened in cluster.Client.WatchAsync<RawSet>(cluster.Namespace, list.ResourceVersion, Deadline, deadline.Token))
        {
            if (happened.Type == WatchEventType.Bookmark) continue;
            seen.Add(happened);
            if (seen.Count == 2) await cluster.CreateAsync("later");
            if (seen.Count == 4) break;
        }

        Assert.Equal(["Added seen", "Modified seen", "Deleted seen", "Added later"],
            seen.Select(happened => $"{happened.Type} {happened.Key.Name}"));
        Assert.True((bool)seen[2].Entity!.Spec!["suspend"]!);
        Assert.Equal(4, seen.Select(happened => happened.ResourceVersion).Distinct().Count());
        Assert.All(seen, happened => Assert.Equal(happened.ResourceVersion, happened.Entity!.Metadata.ResourceVersion));
    }

    [Fact]
    public async Task A_watch_ends_at_its_timeout()
    {
        await using var cluster = await ClusterAsync();
        var list = await cluster.Client.ListAsync<RawSet>(cluster.Namespace);
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        await foreach (var happened in cluster.Client.WatchAsync<RawSet>(cluster.Namespace, list.ResourceVersion, TimeSpan.FromSeconds(1),
            deadline.Token))
        {
            Assert.Equal(WatchEventType.Bookmark, happened.Type);
        }

        Assert.False(deadline.IsCancellationRequested);
    }

    [Fact]
    public async Task The_stringData_of_a_Secret_becomes_data()
    {
        await using var cluster = await ClusterAsync();
        var secret = await cluster.Client.CreateAsync(new V1Secret
        {
            Metadata = new() { Name = "secret", NamespaceProperty = cluster.Namespace },
            Data = new Dictionary<string, byte[]> { ["a"] = [1, 2], ["b"] = [3] },
            StringData = new Dictionary<string, string> { ["b"] = "text", ["c"] = "ü" },
        });
        Assert.Equal("Opaque", secret.Type);
        Assert.Null(secret.StringData);
        Assert.Equal("a=0102,b=74657874,c=C3BC",
            string.Join(',', secret.Data!.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key}={Convert.ToHexString(pair.Value)}")));
        Assert.Null(secret.Metadata.Generation);
    }

    [Fact]
    public async Task A_Lease_keeps_its_microseconds()
    {
        await using var cluster = await ClusterAsync();
        var time = new DateTime(2026, 3, 4, 5, 6, 7, DateTimeKind.Utc).AddMicroseconds(120);
        await cluster.Client.CreateAsync(new V1Lease
        {
            Metadata = new() { Name = "lease", NamespaceProperty = cluster.Namespace },
            Spec = new() { HolderIdentity = "me", LeaseDurationSeconds = 15, AcquireTime = time, RenewTime = time, LeaseTransitions = 1 },
        });
        var raw = await cluster.Client.GetAsync<RawLease>("lease", cluster.Namespace);
        Assert.Equal("2026-03-04T05:06:07.000120Z", (string?)raw!.Spec!["renewTime"]);
        var lease = await cluster.Client.GetAsync<V1Lease>("lease", cluster.Namespace);
        Assert.Equal(time, lease!.Spec.AcquireTime);

        lease.Spec = lease.Spec with { LeaseDurationSeconds = 0 };
        var error = await RefusedAsync(() => cluster.Client.UpdateAsync(lease));
        Assert.Equal((422, "spec.leaseDurationSeconds"), ((int)error.StatusCode, error.Status.Details!.Causes![0].Field));
    }

    [Fact]
    public async Task An_event_is_also_in_the_core_group()
    {
        await using var cluster = await ClusterAsync();
        var set = await cluster.CreateAsync("subject");
        await cluster.Client.CreateAsync(Event(cluster, set));
        var core = await cluster.Client.GetAsync<CoreEvent>("subject.1", cluster.Namespace);
        Assert.Equal(("TagsChanged", "Added golden.", "Normal", "imagetags.io/operator"),
            (core!.Reason, core.Message, core.Type, core.ReportingComponent));
        Assert.Equal("2026-03-04T05:06:07.000120Z", core.EventTime);
        Assert.Equal(("subject", "ImageTagSet", set.Metadata.Uid),
            ((string?)core.InvolvedObject!["name"], (string?)core.InvolvedObject["kind"], (string?)core.InvolvedObject["uid"]));
        var found = await cluster.Client.ListAsync<CoreEvent>(
            cluster.Namespace, new ListOptions(FieldSelector: $"involvedObject.uid={set.Metadata.Uid}"));
        Assert.Equal(["subject.1"], found.Items.Select(item => item.Metadata.Name));
    }

    [Theory]
    [InlineData("message")]
    [InlineData("action")]
    [InlineData("reason")]
    [InlineData("reportingController")]
    [InlineData("reportingInstance")]
    [InlineData("type")]
    public async Task An_event_with_missing_or_too_long_fields_is_rejected(string field)
    {
        await using var cluster = await ClusterAsync();
        var happened = Event(cluster, await cluster.CreateAsync("subject"));
        switch (field)
        {
            case "message": happened.Note = new string('x', 1025); break;
            case "action": happened.Action = null; break;
            case "reason": happened.Reason = null; break;
            case "reportingController": happened.ReportingController = null; break;
            case "reportingInstance": happened.ReportingInstance = null; break;
            default: happened.Type = "Good"; break;
        }

        var error = await RefusedAsync(() => cluster.Client.CreateAsync(happened));
        Assert.Equal(422, (int)error.StatusCode);
        Assert.Contains(field, error.Status.Details!.Causes!.Select(cause => cause.Field));
    }

    [Fact]
    public async Task A_missing_object_is_404()
    {
        await using var cluster = await ClusterAsync();
        Assert.Null(await cluster.GetAsync("missing"));
        var patched = await RefusedAsync(() => cluster.PatchAsync("missing", "{}"));
        Assert.Equal((404, "NotFound", "imagetagsets.imagetags.io \"missing\" not found"),
            ((int)patched.StatusCode, patched.Status.Reason, patched.Status.Message));
        var listed = await RefusedAsync(() => cluster.Client.ListAsync<Nothing>(cluster.Namespace));
        Assert.Equal(404, (int)listed.StatusCode);
        var set = cluster.Set("lost");
        set.Metadata.NamespaceProperty = "nowhere-" + cluster.Namespace;
        var homeless = await RefusedAsync(() => cluster.Client.CreateAsync(set));
        Assert.Equal(
            (404, $"namespaces \"{set.Metadata.NamespaceProperty}\" not found"), ((int)homeless.StatusCode, homeless.Status.Message));
    }

    [Theory]
    [InlineData("Upper")]
    [InlineData("under_score")]
    [InlineData("-dash")]
    public async Task A_name_that_is_not_a_DNS_name_is_rejected(string name)
    {
        await using var cluster = await ClusterAsync();
        var error = await RefusedAsync(() => cluster.CreateAsync(name));
        Assert.Equal((422, "metadata.name"), ((int)error.StatusCode, error.Status.Details!.Causes![0].Field));
    }

    /// <summary>Field and reason of a cause. API servers before 1.25 report every wrong value except a duplicate as FieldValueInvalid,
    /// without the index of the item. The causes of later servers are reduced to that.</summary>
    private static string Describe(V1StatusCause cause) => cause.Reason switch
    {
        "FieldValueTypeInvalid" or "FieldValueTooMany" or "FieldValueTooLong" or "FieldValueInvalid" =>
            $"{cause.Field!.Split('[')[0]} FieldValueInvalid",
        var reason => $"{cause.Field} {reason}",
    };

    private static Eventsv1Event Event(Cluster cluster, RawSet set) => new()
    {
        Metadata = new() { Name = "subject.1", NamespaceProperty = cluster.Namespace },
        EventTime = new DateTime(2026, 3, 4, 5, 6, 7, DateTimeKind.Utc).AddMicroseconds(120),
        ReportingController = "imagetags.io/operator",
        ReportingInstance = "pod-1",
        Action = "Reconcile",
        Reason = "TagsChanged",
        Note = "Added golden.",
        Type = "Normal",
        Regarding = new() { ApiVersion = set.ApiVersion, Kind = set.Kind, NamespaceProperty = cluster.Namespace, Name = set.Metadata.Name,
            Uid = set.Metadata.Uid },
    };

    private static Task<KubernetesException> RefusedAsync(Func<Task> write) => Assert.ThrowsAsync<KubernetesException>(write);

    private static async Task<Cluster> ClusterAsync() => new(await TWorld.CreateAsync());

    /// <summary>A new namespace, and a client that reads and writes plain JSON.</summary>
    private sealed class Cluster(World world) : IAsyncDisposable
    {
        private readonly KubernetesClient client = new(
            KubernetesClientConfiguration.Build(world.Kubeconfig), ContractJson.All, "contract/1");

        public IKubernetesClient Client => client;

        public string Namespace => world.Namespace;

        public RawSet Set(string name) => new()
        {
            Metadata = new() { Name = name, NamespaceProperty = Namespace },
            Spec = (JsonObject)JsonNode.Parse(
                """{"cloudCredentialsRef": {"secretName": "s", "cloudName": "c"}, "image": {"name": "i"}, "tags": ["x"], "suspend": false}""")!,
        };

        public Task<RawSet> CreateAsync(string name) => Client.CreateAsync(Set(name));

        public Task<RawSet?> GetAsync(string name) => Client.GetAsync<RawSet>(name, Namespace);

        public Task<RawSet> PatchAsync(string name, string patch, string? subresource = null) =>
            Client.PatchAsync<RawSet>(new NamespacedName(Namespace, name), (JsonObject)JsonNode.Parse(patch)!, subresource);

        public async ValueTask DisposeAsync()
        {
            client.Dispose();
            await world.DisposeAsync();
        }
    }
}
