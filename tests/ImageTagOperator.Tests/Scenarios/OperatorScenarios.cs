using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>What users are promised, told from outside: sets go in, tags and conditions come out. Runs on the sandbox and on real servers.</summary>
public abstract class OperatorScenarios
{
    protected abstract Task<World> CreateWorldAsync();

    [Fact]
    public async Task A_declared_tag_appears_and_one_no_longer_declared_disappears()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync($"ubuntu-{world.Namespace}");

        await world.CreateAsync(world.Set("ubuntu", $"ubuntu-{world.Namespace}", "golden", "lts"));
        var set = await world.ReadyAsync("ubuntu", "True", "InSync");
        await world.TagsAsync(image, "golden", "lts");
        Assert.Equal(["golden", "lts"], set.Status.Images![0].ManagedTags);
        Assert.Equal((1, 2), (set.Status.ImageCount, set.Status.TagCount));

        await world.EditAsync("ubuntu", new JsonObject { ["tags"] = new JsonArray("golden", "2026.1") });
        await world.ReadyAsync("ubuntu", "True");
        await world.TagsAsync(image, "golden", "2026.1");
    }

    [Fact]
    public async Task Foreign_tags_go_under_Exact_and_stay_under_Additive()
    {
        await using var world = await StartAsync();
        var exact = await world.Glance.CreateImageAsync("exact", "foreign");
        var additive = await world.Glance.CreateImageAsync("additive", "foreign");

        await world.CreateAsync(world.Set("exact", exact, "golden"));
        var set = world.Set("additive", additive, "golden", "lts");
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);

        await world.ReadyAsync("exact", "True");
        await world.ReadyAsync("additive", "True");
        await world.TagsAsync(exact, "golden");
        await world.TagsAsync(additive, "foreign", "golden", "lts");

        await world.EditAsync("additive", new JsonObject { ["tags"] = new JsonArray("golden") });
        await world.ReadyAsync("additive", "True");
        await world.TagsAsync(additive, "foreign", "golden");
    }

    [Fact]
    public async Task Ignored_tags_stay_under_Exact()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("ignored", "build-17", "foreign");
        var set = world.Set("ignored", image, "golden");
        set.Spec.IgnoreTags = ["build-*"];
        await world.CreateAsync(set);
        await world.ReadyAsync("ignored", "True");
        await world.TagsAsync(image, "build-17", "golden");
    }

    [Fact]
    public async Task A_tag_deleted_behind_our_back_is_back_within_the_interval()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("drift");
        await world.CreateAsync(world.Set("drift", image, "golden", "lts"));
        await world.ReadyAsync("drift", "True");

        await world.Glance.SetTagsAsync(image, "lts", "intruder");
        await world.TagsAsync(image, "golden", "lts");
    }

    [Fact]
    public async Task The_requested_at_annotation_leads_to_a_look_at_once()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("requested");
        var set = world.Set("requested", image, "golden");
        set.Spec.Interval = "24h";
        await world.CreateAsync(set);
        await world.ReadyAsync("requested", "True");

        await world.Glance.SetTagsAsync(image);
        await world.Kubernetes.PatchAsync<V1Alpha1ImageTagSet>(
            new NamespacedName(world.Namespace, "requested"),
            new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = new JsonObject { [V1Alpha1ImageTagSet.RequestedAtAnnotation] = "now" } } });
        await world.TagsAsync(image, "golden");
    }

    [Theory]
    [InlineData(TagDeletionPolicy.Remove, new[] { "kept" })]
    [InlineData(TagDeletionPolicy.Retain, new[] { "golden", "kept", "old" })]
    [InlineData(TagDeletionPolicy.Restore, new[] { "kept", "old" })]
    public async Task Deleting_a_set_does_what_its_deletion_policy_says(TagDeletionPolicy policy, string[] expected)
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("deleted", "kept", "old");
        var set = world.Set("deleted", image, "golden", "old");
        (set.Spec.Policy, set.Spec.DeletionPolicy) = (TagPolicy.Additive, policy);
        await world.CreateAsync(set);
        await world.ReadyAsync("deleted", "True");
        await world.TagsAsync(image, "golden", "kept", "old");

        await world.DeleteAsync("deleted");
        await world.GoneAsync("deleted");
        await world.TagsAsync(image, expected);
    }

    [Fact]
    public async Task Restore_brings_back_what_Exact_took_away()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("restored", "foreign", "old");
        var set = world.Set("restored", image, "golden");
        set.Spec.DeletionPolicy = TagDeletionPolicy.Restore;
        await world.CreateAsync(set);
        await world.ReadyAsync("restored", "True");
        await world.TagsAsync(image, "golden");

        await world.DeleteAsync("restored");
        await world.GoneAsync("restored");
        await world.TagsAsync(image, "foreign", "old");
    }

    [Fact]
    public async Task A_set_can_be_deleted_after_its_Secret()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("orphan");
        await world.CreateAsync(world.Set("orphan", image, "golden"));
        await world.ReadyAsync("orphan", "True");

        await world.DeleteSecretAsync();
        await world.DeleteAsync("orphan");
        await world.GoneAsync("orphan");
        await world.TagsAsync(image);
    }

    [Fact]
    public async Task A_cloud_that_is_out_of_reach_does_not_hold_up_a_deletion_beyond_the_deadline()
    {
        await using var world = await CreateWorldAsync();
        var process = await world.StartOperatorAsync();
        var image = await world.Glance.CreateImageAsync("wedged");
        await world.CreateAsync(world.Set("wedged", image, "golden"));
        await world.ReadyAsync("wedged", "True");

        // A new process has no session to fall back on when the Secret is gone.
        await process.KillAsync();
        await world.DeleteSecretAsync();
        await world.DeleteAsync("wedged");
        await world.StartOperatorAsync("--deletion-deadline", "3");
        await world.GoneAsync("wedged");
        Assert.Equal(["golden"], await world.Glance.GetTagsAsync(image));
    }

    [Fact]
    public async Task A_name_that_matches_two_images_is_refused_until_it_matches_one()
    {
        await using var world = await StartAsync();
        var name = $"twin-{world.Namespace}";
        var first = await world.Glance.CreateImageAsync(name, "mine");
        var second = await world.Glance.CreateImageAsync(name, "yours");
        await world.CreateAsync(world.Set("twin", name, "golden"));

        var set = await world.ReadyAsync("twin", "False", "AmbiguousImage");
        Assert.Contains(first, World.Ready(set)!.Message, StringComparison.Ordinal);
        Assert.Contains("spec.image.id", World.Ready(set)!.Message, StringComparison.Ordinal);
        Assert.Equal("True", World.Condition(set, "Stalled")!.Status);
        Assert.Equal(["mine"], await world.Glance.GetTagsAsync(first));

        await world.Glance.DeleteImageAsync(second);
        await world.ReadyAsync("twin", "True");
        await world.TagsAsync(first, "golden");
    }

    [Fact]
    public async Task A_name_is_compared_with_its_case()
    {
        await using var world = await StartAsync();
        var name = $"cased-{world.Namespace}";
        var image = await world.Glance.CreateImageAsync(name.ToUpperInvariant());
        await world.CreateAsync(world.Set("cased", name, "golden"));
        await world.ReadyAsync("cased", "False", "ImageNotFound");
        Assert.Empty(await world.Glance.GetTagsAsync(image));
    }

    [Fact]
    public async Task An_unknown_image_is_found_once_it_is_there()
    {
        await using var world = await StartAsync();
        var name = $"late-{world.Namespace}";
        await world.CreateAsync(world.Set("late", name, "golden"));
        var set = await world.ReadyAsync("late", "False", "ImageNotFound");
        Assert.Contains(name, World.Ready(set)!.Message, StringComparison.Ordinal);
        Assert.Contains("Import the image", World.Ready(set)!.Message, StringComparison.Ordinal);

        var image = await world.Glance.CreateImageAsync(name);
        await world.ReadyAsync("late", "True");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task An_image_is_left_alone_until_it_is_active()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateQueuedImageAsync("queued");
        await world.CreateAsync(world.Set("queued", image, "golden"));
        var set = await world.ReadyAsync("queued", "False", "ImageNotActive");
        Assert.Equal("True", World.Condition(set, "Reconciling")!.Status);
        Assert.Equal(["golden"], set.Status.Images![0].Pending!.Add);
        Assert.DoesNotContain(await world.CloudCallsAsync(image), call => !call.StartsWith("GET", StringComparison.Ordinal));

        await world.Glance.UploadAsync(image);
        await world.ReadyAsync("queued", "True");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task A_wrong_password_is_said_and_a_corrected_Secret_is_used()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("password");
        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(world.CloudsYaml.Replace("secret", "wrong-one", StringComparison.Ordinal));
        await world.CreateAsync(world.Set("password", image, "golden"));

        var set = await world.ReadyAsync("password", "False", "CredentialsRejected");
        Assert.Contains("'demo'", World.Ready(set)!.Message, StringComparison.Ordinal);
        Assert.Contains("Correct the credentials", World.Ready(set)!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", World.Ready(set)!.Message, StringComparison.Ordinal);

        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(world.CloudsYaml);
        await world.ReadyAsync("password", "True");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task A_missing_Secret_is_said_and_used_once_it_is_there()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("secretless");
        await world.DeleteSecretAsync();
        await world.CreateAsync(world.Set("secretless", image, "golden"));
        var set = await world.ReadyAsync("secretless", "False", "SecretNotFound");
        Assert.Contains($"kubectl -n {world.Namespace} create secret generic {World.SecretName}", World.Ready(set)!.Message, StringComparison.Ordinal);

        await world.CreateSecretAsync(world.CloudsYaml);
        await world.ReadyAsync("secretless", "True");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task A_cloud_that_clouds_yaml_lacks_is_said()
    {
        await using var world = await StartAsync();
        var set = world.Set("cloudless", Guid.NewGuid().ToString(), "golden");
        set.Spec.CloudCredentialsRef.CloudName = "nowhere";
        await world.CreateAsync(set);
        var seen = await world.ReadyAsync("cloudless", "False", "InvalidCloudsYaml");
        Assert.Contains("'nowhere'", World.Ready(seen)!.Message, StringComparison.Ordinal);
        Assert.Contains("'demo'", World.Ready(seen)!.Message, StringComparison.Ordinal);
    }

    /// <summary>What the schema cannot say, the operator does.</summary>
    [Fact]
    public async Task Tags_that_clouds_do_not_keep_apart_are_refused_until_corrected()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("invalid", "before");
        await world.CreateAsync(world.Set("invalid", image, "golden", "Golden"));
        var set = await world.ReadyAsync("invalid", "False", "InvalidSpec");
        Assert.Contains("'golden' and 'Golden'", World.Ready(set)!.Message, StringComparison.Ordinal);
        Assert.Equal(["before"], await world.Glance.GetTagsAsync(image));

        await world.EditAsync("invalid", new JsonObject { ["tags"] = new JsonArray("golden") });
        await world.ReadyAsync("invalid", "True");
        await world.TagsAsync(image, "golden");
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("ü")]
    [InlineData(" padded")]
    [InlineData("")]
    public async Task The_schema_refuses_a_tag_that_no_call_can_name(string tag)
    {
        await using var world = await CreateWorldAsync();
        var refused = await Assert.ThrowsAsync<KubernetesException>(() => world.CreateAsync(world.Set("bad", "any", tag)));
        Assert.Equal(422, (int)refused.StatusCode);
        Assert.Contains("spec.tags", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_selector_is_refused_and_not_ignored()
    {
        await using var world = await StartAsync();
        var set = world.Set("selector", "unused", "golden");
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = ["ubuntu-*"], Newest = 1 } };
        await world.CreateAsync(set);
        var seen = await world.ReadyAsync("selector", "False", "NotSupported");
        Assert.Contains("spec.image.selector", World.Condition(seen, "Stalled")!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(TagPolicy.Exact)]
    [InlineData(TagPolicy.Additive)]
    public async Task Images_with_tags_that_no_call_can_name_survive(TagPolicy policy)
    {
        string[] hostile = ["..", ".", "a/b", "ü", ""];
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("hostile", [.. hostile, "%2e%2e", "plain"]);
        var set = world.Set("hostile", image, "golden");
        set.Spec.Policy = policy;
        await world.CreateAsync(set);

        if (policy == TagPolicy.Exact)
        {
            var seen = await world.ReadyAsync("hostile", "False", "TagNotRemovable");
            Assert.All(hostile, tag => Assert.Contains($"'{tag}'", World.Ready(seen)!.Message, StringComparison.Ordinal));
            Assert.Equal(hostile.Order(StringComparer.Ordinal), seen.Status.Images![0].Pending!.Remove);
            await world.TagsAsync(image, [.. hostile, "golden"]);
        }
        else
        {
            await world.ReadyAsync("hostile", "True");
            await world.TagsAsync(image, [.. hostile, "%2e%2e", "plain", "golden"]);
        }

        await world.DeleteAsync("hostile");
        await world.GoneAsync("hostile");
        await world.TagsAsync(image, policy == TagPolicy.Exact ? hostile : [.. hostile, "%2e%2e", "plain"]);
        Assert.Equal("hostile", await world.Glance.GetNameAsync(image));

        var calls = await world.CloudCallsAsync(image);
        var path = $"/v2/images/{image}";
        Assert.All(calls, call => Assert.Matches($"^(GET [^ ]*{path} 200|(PUT|DELETE) [^ ]*{path}/tags/[^/ ]+ 204)$", call));
        Assert.Equal(policy == TagPolicy.Exact, calls.Any(call => call.Contains("/tags/%252e%252e", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_reconcile_that_finds_everything_in_place_writes_nothing()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("steady");
        await world.CreateAsync(world.Set("steady", image, "golden"));
        await world.ReadyAsync("steady", "True");
        var (calls, writes) = (await world.CloudCallsAsync(image), await world.OperatorWritesAsync());

        // Two more reconciles, seen by their reads.
        var later = await world.UntilAsync(
            () => world.CloudCallsAsync(image),
            now => now.Count >= calls.Count + 2,
            "two more looks at the image",
            now => $"there were only {now.Count - calls.Count}");
        Assert.All(later.Skip(calls.Count), call => Assert.StartsWith("GET ", call, StringComparison.Ordinal));
        Assert.Equal(writes, await world.OperatorWritesAsync());
    }

    [Fact]
    public async Task One_change_costs_the_writes_it_needs_and_two_reads()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("cheap", "old");
        await world.CreateAsync(world.Set("cheap", image, "golden", "lts"));
        await world.ReadyAsync("cheap", "True");
        var calls = await world.CloudCallsAsync(image);
        Assert.Equal(["GET", "PUT", "PUT", "DELETE", "GET"], calls.Take(5).Select(call => call.Split(' ')[0]));
        Assert.Equal(2, (await world.OperatorWritesAsync()).Count(write => write.Contains("imagetagsets/cheap/status", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Observe_reports_and_writes_nothing_to_the_cloud()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("observed", "foreign");
        var set = world.Set("observed", image, "golden");
        set.Spec.Mode = TagSetMode.Observe;
        await world.CreateAsync(set);
        var seen = await world.ReadyAsync("observed", "False", "Drifted");
        Assert.Equal("True", World.Condition(seen, "Drifted")!.Status);
        Assert.Equal(["golden"], seen.Status.Images![0].Pending!.Add);
        Assert.Equal(["foreign"], seen.Status.Images![0].Pending!.Remove);

        await world.DeleteAsync("observed");
        await world.GoneAsync("observed");
        Assert.Equal(["foreign"], await world.Glance.GetTagsAsync(image));
        Assert.All(await world.CloudCallsAsync(image), call => Assert.StartsWith("GET ", call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_suspended_set_is_left_alone_until_resumed()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("suspended");
        var set = world.Set("suspended", image, "golden");
        set.Spec.Suspend = true;
        await world.CreateAsync(set);
        await world.ReadyAsync("suspended", "Unknown", "Suspended");
        Assert.Empty(await world.CloudCallsAsync(image));

        await world.EditAsync("suspended", new JsonObject { ["suspend"] = false });
        await world.ReadyAsync("suspended", "True");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task More_removals_than_allowed_stop_everything()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("limited", "a", "b", "c");
        var set = world.Set("limited", image, "golden");
        set.Spec.MaxRemovals = 2;
        await world.CreateAsync(set);
        var seen = await world.ReadyAsync("limited", "False", "RemovalLimitExceeded");
        Assert.Contains("3 tags", World.Ready(seen)!.Message, StringComparison.Ordinal);
        Assert.Equal(["a", "b", "c"], (await world.Glance.GetTagsAsync(image)).Order());

        await world.EditAsync("limited", new JsonObject { ["maxRemovals"] = 3 });
        await world.ReadyAsync("limited", "True");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task Of_two_sets_on_one_image_the_older_Exact_one_wins_and_the_other_takes_over_when_it_goes()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("contested");
        await world.CreateAsync(world.Set("a-older", image, "golden"));
        await world.ReadyAsync("a-older", "True");
        await world.CreateAsync(world.Set("b-younger", image, "lts"));

        var loser = await world.ReadyAsync("b-younger", "False", "Conflict");
        Assert.Contains($"{world.Namespace}/a-older", World.Ready(loser)!.Message, StringComparison.Ordinal);
        Assert.Equal(["golden"], await world.Glance.GetTagsAsync(image));

        await world.DeleteAsync("a-older");
        await world.ReadyAsync("b-younger", "True");
        await world.TagsAsync(image, "lts");
    }

    [Fact]
    public async Task Additive_sets_share_an_image_and_a_tag_goes_with_the_last_that_declares_it()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("shared", "foreign");
        foreach (var (name, tags) in new[] { ("first", new[] { "common", "one" }), ("second", ["common", "two"]) })
        {
            var set = world.Set(name, image, tags);
            set.Spec.Policy = TagPolicy.Additive;
            await world.CreateAsync(set);
            await world.ReadyAsync(name, "True");
        }

        await world.TagsAsync(image, "common", "foreign", "one", "two");
        await world.DeleteAsync("first");
        await world.GoneAsync("first");
        await world.TagsAsync(image, "common", "foreign", "two");
        await world.DeleteAsync("second");
        await world.GoneAsync("second");
        await world.TagsAsync(image, "foreign");
    }

    [Fact]
    public async Task Pointing_a_set_to_another_image_takes_the_managed_tags_from_the_old_one()
    {
        await using var world = await StartAsync();
        var old = await world.Glance.CreateImageAsync("old", "kept");
        var next = await world.Glance.CreateImageAsync("next");
        var set = world.Set("moving", old, "stable");
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        await world.ReadyAsync("moving", "True");

        await world.EditAsync("moving", new JsonObject { ["image"] = new JsonObject { ["id"] = next } });
        var seen = await world.ReadyAsync("moving", "True");
        await world.TagsAsync(next, "stable");
        await world.TagsAsync(old, "kept");
        Assert.Equal([next], seen.Status.Images!.Select(state => state.Id));
    }

    [Fact]
    public async Task An_operator_killed_at_any_moment_leads_to_the_same_end()
    {
        await using var world = await CreateWorldAsync();
        var images = new List<string>();
        for (var i = 0; i < 6; i++) images.Add(await world.Glance.CreateImageAsync($"killed-{i}", "foreign", "old"));

        // Kill it a little later in each round: before, between and after its writes.
        for (var round = 0; round < images.Count; round++)
        {
            var process = await world.StartOperatorAsync();
            var set = world.Set($"killed-{round}", images[round], "golden", "lts", "2026.1");
            set.Spec.Policy = TagPolicy.Additive;
            await world.CreateAsync(set);
            var writes = round;
            await world.UntilAsync(
                () => world.CloudCallsAsync(images[round]),
                calls => calls.Count(call => !call.StartsWith("GET", StringComparison.Ordinal)) >= Math.Min(writes, 3),
                $"{writes} writes",
                calls => $"there were {calls.Count} calls");
            await process.KillAsync();
            await world.EditAsync($"killed-{round}", new JsonObject { ["tags"] = new JsonArray("golden", "old") });
        }

        await world.StartOperatorAsync();
        for (var i = 0; i < images.Count; i++)
        {
            await world.ReadyAsync($"killed-{i}", "True");
            await world.TagsAsync(images[i], "foreign", "golden", "old");
            await world.DeleteAsync($"killed-{i}");
            await world.GoneAsync($"killed-{i}");
            await world.TagsAsync(images[i], "foreign");
        }
    }

    [Fact]
    public async Task SIGTERM_ends_the_operator_in_good_order()
    {
        await using var world = await CreateWorldAsync();
        var process = await world.StartOperatorAsync();
        var image = await world.Glance.CreateImageAsync("terminated");
        await world.CreateAsync(world.Set("terminated", image, "golden"));
        await world.ReadyAsync("terminated", "True");
        Assert.Equal(0, await process.StopAsync());
    }

    private async Task<World> StartAsync()
    {
        var world = await CreateWorldAsync();
        await world.StartOperatorAsync();
        return world;
    }
}
