using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>Sets share an image, and are created, deleted and edited. A declared tag is never missing, and a tag that no set declares any
/// more is removed.</summary>
public abstract class HandOverScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    private const int Pairs = 5;

    [Fact]
    public async Task A_renamed_set_never_loses_its_tag()
    {
        await using var world = await StartAsync();
        var images = await ImagesAsync(world);
        for (var i = 0; i < Pairs; i++) await world.CreateAsync(Additive(world, $"old{i}", images[i], "golden"));
        for (var i = 0; i < Pairs; i++) await world.ReadyAsync($"old{i}", "True");
        for (var i = 0; i < Pairs; i++)
        {
            await world.CreateAsync(Additive(world, $"new{i}", images[i], "golden"));
            await world.DeleteAsync($"old{i}");
        }

        for (var i = 0; i < Pairs; i++)
        {
            await world.GoneAsync($"old{i}");
            Assert.Equal(["golden"], (await world.ReadyAsync($"new{i}", "True")).Status.Images!.Single().ManagedTags);
        }

        foreach (var image in images) await NeverRemovedAsync(world, image, "golden");
    }

    [Fact]
    public async Task A_declaration_that_moves_from_one_set_to_another_is_never_missing()
    {
        await using var world = await StartAsync();
        var images = await ImagesAsync(world);
        for (var i = 0; i < Pairs; i++)
        {
            await world.CreateAsync(Additive(world, $"p{i}", images[i], "base"));
            await world.CreateAsync(Additive(world, $"q{i}", images[i], "golden"));
        }

        for (var i = 0; i < Pairs; i++)
        {
            await world.ReadyAsync($"p{i}", "True");
            await world.ReadyAsync($"q{i}", "True");
        }

        // One commit, applied all at once.
        await Task.WhenAll(Enumerable.Range(0, Pairs).SelectMany(i => new[]
        {
            world.EditAsync($"p{i}", new() { ["tags"] = new JsonArray("base", "golden") }),
            world.EditAsync($"q{i}", new() { ["tags"] = new JsonArray("other") }),
        }));
        for (var i = 0; i < Pairs; i++)
        {
            await world.ReadyAsync($"p{i}", "True");
            await world.ReadyAsync($"q{i}", "True");
            await world.TagsAsync(images[i], "base", "golden", "other");
        }

        // In the opposite order the tag would have been missing, correctly; here each set saw the other's declaration before that set gave
        // the tag up.
        for (var i = 0; i < Pairs; i++) await world.UntilAsync(
            () => world.GetAsync($"q{i}"),
            set => set.Status.Images!.Single().ManagedTags!.SequenceEqual(["other"]),
            $"q{i} to answer for nothing else any more",
            set => string.Join(", ", set.Status.Images!.Single().ManagedTags!));
    }

    [Fact]
    public async Task Restore_adds_the_tags_from_before_the_first_of_several_sets_and_none_of_theirs()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("restored", "orig");
        foreach (var (name, tag) in new[] { ("a", "stable"), ("b", "cis") })
        {
            var set = Additive(world, name, image, tag);
            set.Spec.DeletionPolicy = TagDeletionPolicy.Restore;
            await world.CreateAsync(set);
            await world.ReadyAsync(name, "True");
        }

        await world.DeleteAsync("a");
        await world.GoneAsync("a");
        await world.TagsAsync(image, "cis", "orig");
        await world.DeleteAsync("b");
        await world.GoneAsync("b");
        await world.TagsAsync(image, "orig");
    }

    [Fact]
    public async Task The_record_of_Restore_is_passed_on_and_an_observing_or_excluded_set_records_nothing()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("passed-on", "orig");
        await world.CreateAsync(Restoring("a"));
        await world.ReadyAsync("a", "True");
        await world.TagsAsync(image, "golden");
        await NextSecondAsync();
        await world.CreateAsync(Restoring("b"));
        Assert.Null((await world.ReadyAsync("b", "False", "Conflict")).Status.Images!.Single().OriginalTags);
        var observer = Restoring("c");
        observer.Spec.Mode = TagSetMode.Observe;
        await world.CreateAsync(observer);
        Assert.Null((await world.UntilAsync(
            () => world.GetAsync("c"), set => World.Ready(set) is not null, "c to be looked at", _ =>
                "it is not")).Status.Images!.Single().OriginalTags);

        await world.DeleteAsync("a");
        await world.GoneAsync("a");
        Assert.Equal(["orig"], (await world.ReadyAsync("b", "True")).Status.Images!.Single().OriginalTags);
        await NeverRemovedAsync(world, image, "golden");
        await world.DeleteAsync("b");
        await world.GoneAsync("b");
        await world.TagsAsync(image, "orig");

        V1Alpha1ImageTagSet Restoring(string name)
        {
            var set = world.Set(name, image, "golden");
            set.Spec.DeletionPolicy = TagDeletionPolicy.Restore;
            return set;
        }
    }

    /// <summary>All tags of the second set are there when it is created, so only a write on purpose shows that it may not write.</summary>
    [Fact]
    public async Task A_set_that_may_not_write_takes_over_no_tag()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("shared", "foreign");
        using var admin = await GlanceClient.LoginAsync(world.CloudsYaml, "admin");
        await admin.PublishAsync(image);
        await world.CreateAsync(With("admin", Additive(world, "writer", image, "golden")));
        await world.ReadyAsync("writer", "True");
        await NextSecondAsync();
        await world.CreateAsync(With("other", Additive(world, "reader", image, "golden")));
        await world.ReadyAsync("reader", "True");

        await world.DeleteAsync("writer");
        await world.GoneAsync("writer");
        await world.TagsAsync(image, "foreign");
        await world.ReadyAsync("reader", "False", "Forbidden");
        Assert.Empty(await world.EventsAsync("TagsLeftBehind"));
    }

    /// <summary>No declared tag is on the image, so only the removal of an absent tag shows that the older set may not write.</summary>
    [Theory]
    [InlineData("has nothing to change", "Forbidden")]
    [InlineData("is held by maxRemovals", "RemovalLimitExceeded")]
    public async Task A_set_that_may_not_write_excludes_nobody_although_it(string how, string reason)
    {
        await using var world = await StartAsync();
        string[] live = how == "is held by maxRemovals" ? ["foreign"] : [];
        var image = await world.Glance.CreateImageAsync("shared", live);
        using var admin = await GlanceClient.LoginAsync(world.CloudsYaml, "admin");
        await admin.PublishAsync(image);
        var reader = With("other", Additive(world, "reader", image));
        (reader.Spec.Policy, reader.Spec.MaxRemovals) = (TagPolicy.Exact, live.Length == 0 ? null : 0);
        await world.CreateAsync(reader);
        await world.ReadyAsync("reader", live.Length == 0 ? "True" : "False");
        await NextSecondAsync();
        await world.CreateAsync(With("admin", Additive(world, "writer", image, "golden")));

        await world.ReadyAsync("writer", "True");
        await world.TagsAsync(image, ["golden", .. live]);
        await world.RequestAsync("reader", "now");
        var refused = await world.UntilAsync(
            () => world.GetAsync("reader"), set => set.Status.Images!.Single().WriteRefused == true, "a recorded refusal", _ => "none");
        Assert.Equal(reason, (await world.ReadyAsync("reader", "False")).Status.Conditions!.Single(one => one.Type == "Ready").Reason);
        Assert.NotNull(refused.Status.Images!.Single().Writer);
        await world.TagsAsync(image, ["golden", .. live]);
    }

    private static V1Alpha1ImageTagSet With(string cloud, V1Alpha1ImageTagSet set)
    {
        set.Spec.CloudCredentialsRef = set.Spec.CloudCredentialsRef with { CloudName = cloud };
        return set;
    }

    [Theory]
    [InlineData("was never heard")]
    [InlineData("never had a Secret")]
    [InlineData("is suspended")]
    public async Task A_tag_is_removed_with_the_last_set_that_declares_it(string other)
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("last", "foreign");
        await world.CreateAsync(Additive(world, "a", image, "golden"));
        await world.CreateAsync(Additive(world, "base", image, "base"));
        await world.ReadyAsync("a", "True");
        await world.ReadyAsync("base", "True");
        await NextSecondAsync();
        var silent = Additive(world, "silent", image, "golden");
        if (other == "was never heard") silent.Spec.Policy = TagPolicy.Exact;
        if (other == "never had a Secret") silent.Spec.CloudCredentialsRef = silent.Spec.CloudCredentialsRef with { SecretName = "nosuch" };
        if (other == "is suspended") silent.Spec.Suspend = true;
        await world.CreateAsync(silent);
        await world.UntilAsync(
            () => world.GetAsync("silent"), set => World.Ready(set) is { Status: not "True" }, "silent to be told", _ => "it is not");

        await world.DeleteAsync("a");
        await world.GoneAsync("a");
        await world.TagsAsync(image, "base", "foreign");
        await world.DeleteAsync("silent");
        await world.GoneAsync("silent");
        await world.TagsAsync(image, "base", "foreign");
    }

    [Fact]
    public async Task An_older_set_with_an_invalid_spec_excludes_no_other_set()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("invalid");
        await world.CreateAsync(world.Set("a", image, "Golden", "golden"));
        await world.ReadyAsync("a", "False", "InvalidSpec");
        await NextSecondAsync();
        await world.CreateAsync(world.Set("b", image, "mine"));
        await world.ReadyAsync("b", "True");
        await world.TagsAsync(image, "mine");
    }

    [Fact]
    public async Task A_set_that_moves_to_an_image_where_it_is_excluded_leaves_no_undeclared_tag_behind()
    {
        await using var world = await StartAsync();
        var (x, y) = (await world.Glance.CreateImageAsync("x"), await world.Glance.CreateImageAsync("y"));
        await world.CreateAsync(world.Set("a", y, "theirs"));
        await world.ReadyAsync("a", "True");
        await NextSecondAsync();
        await world.CreateAsync(world.Set("b", x, "v1", "golden"));
        await world.ReadyAsync("b", "True");
        await world.EditAsync("b", new() { ["image"] = new JsonObject { ["id"] = y }, ["tags"] = new JsonArray("v2", "golden") });
        await world.ReadyAsync("b", "False", "Conflict");
        await world.TagsAsync(x, "golden");
        await world.TagsAsync(y, "theirs");

        await world.DeleteAsync("a");
        await world.TagsAsync(y, "golden", "v2");
        await world.TagsAsync(x);
    }

    [Theory]
    [InlineData("by a glob")]
    [InlineData("by other credentials")]
    [InlineData("by its name, before it is there")]
    public async Task A_younger_Exact_selector_removes_no_tags_from_a_new_image_of_an_older_set(string how)
    {
        await using var world = await CreateWorldAsync();
        var clouds = KubernetesYaml.LoadAll(world.CloudsYaml)[0].AsObject();
        clouds["clouds"]!["again"] = clouds["clouds"]!["demo"]!.DeepClone();
        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(clouds.ToJsonString());
        await world.StartOperatorAsync();
        var name = $"{world.Namespace}-new";
        var older = Additive(world, "older", name, "lts");
        if (how != "by its name, before it is there") older.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = [
            $"{world.Namespace}-*"] } };
        if (how == "by other credentials") older.Spec.CloudCredentialsRef = older.Spec.CloudCredentialsRef with { CloudName = "again" };
        older.Spec.Interval = "10m";
        await world.CreateAsync(older);
        await world.UntilAsync(
            () => world.GetAsync("older"), set => World.Ready(set) is not null, "the older set to be looked at", _ => "it is not");
        await NextSecondAsync();
        var younger = world.Set("younger", "unused", "all");
        younger.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = [$"{world.Namespace}*"] } };
        await world.CreateAsync(younger);
        await world.ReadyAsync("younger", "True");

        var image = await world.Glance.CreateImageAsync(name, "build-123", "cve-scanned");
        await world.ReadyAsync("younger", "False", "Conflict");
        Assert.Equal(["build-123", "cve-scanned"], (await world.Glance.GetTagsAsync(image)).Except(["lts"]).Order());
    }

    private static async Task<string[]> ImagesAsync(World world)
    {
        var images = new List<string>();
        for (var i = 0; i < Pairs; i++) images.Add(await world.Glance.CreateImageAsync($"{world.Namespace}-{i}"));
        return [.. images];
    }

    private static V1Alpha1ImageTagSet Additive(World world, string name, string image, params string[] tags)
    {
        var set = world.Set(name, image, tags);
        set.Spec.Policy = TagPolicy.Additive;
        return set;
    }

    private static async Task NeverRemovedAsync(World world, string image, string tag) => Assert.DoesNotContain(
        await world.CloudCallsAsync(image), call => call.StartsWith("DELETE ", StringComparison.Ordinal)
            && call.Contains($"/tags/{tag} ", StringComparison.Ordinal));

    /// <summary>Ages are whole seconds.</summary>
    private static Task NextSecondAsync()
    {
        var start = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Eventually.HoldsAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()), now => now > start,
            "the next second", now => $"it is {now}");
    }
}
