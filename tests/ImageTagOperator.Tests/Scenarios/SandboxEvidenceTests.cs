using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Yaml;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;
using ImageTagOperator.Scenarios;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.Tests.Scenarios;

/// <summary>Clouds with wrong responses, with two addresses, or with images of other projects. A real cloud cannot be made to behave like
/// this.</summary>
public sealed class SandboxEvidenceTests
{
    private const string NoImages = """{"images": [], "first": "/v2/images", "schema": "/v2/schemas/images"}""";

    [Theory]
    [InlineData(null)]
    [InlineData(3)]
    public async Task An_incomplete_list_removes_no_tag_from_a_matching_image(int? newest)
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var images = Enumerable.Range(0, 10).Select(i => world.Cloud.AddImage($"golden-{i}")).ToArray();
        await world.StartOperatorAsync();
        var set = Selecting(world, "s", "golden-*");
        set.Spec.Image.Selector!.Newest = newest;
        await world.CreateAsync(set);
        await world.ReadyAsync("s", "True");
        var tagged = images.Where(image => image.Tags.Count > 0).ToArray();
        Assert.Equal(newest ?? 10, tagged.Length);

        world.Cloud.Faults.Add(
            "GET", "/image/v2/images?*", new Fault { Status = 200, ContentType = "application/json", Body = NoImages }, times: 1);
        await world.RequestAsync("s", "now");
        await ListedAgainAsync(world);
        await ListedAgainAsync(world);
        Assert.DoesNotContain(world.Cloud.Calls.Writes, call => call.Method == "DELETE");
        Assert.All(tagged, image => Assert.Equal(["golden"], image.Tags));
        Assert.Equal(tagged.Length, (await world.ReadyAsync("s", "True")).Status.ImageCount);
    }

    /// <summary>The tags that such a set has on its images stay managed, so that they can still be removed.</summary>
    [Fact]
    public async Task An_incomplete_list_after_an_edit_releases_no_matching_image_with_Retain()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("golden-1", "foreign");
        await world.StartOperatorAsync();
        var set = Selecting(world, "s", "golden-*");
        set.Spec.DeletionPolicy = TagDeletionPolicy.Retain;
        await world.CreateAsync(set);
        await world.ReadyAsync("s", "True");

        world.Cloud.Faults.Add(
            "GET", "/image/v2/images?*", new Fault { Status = 200, ContentType = "application/json", Body = NoImages }, times: 1);
        await world.EditAsync(
            "s",
            new()
            {
                ["image"] = new JsonObject { ["selector"] = new JsonObject { ["names"] = new JsonArray("golden-?") } },
                ["tags"] = new JsonArray("lts"),
            });
        await ListedAgainAsync(world);
        await ListedAgainAsync(world);
        var seen = await world.ReadyAsync("s", "True");
        Assert.Equal(["foreign", "lts"], image.Tags.Order());
        Assert.Equal(["lts"], Assert.Single(seen.Status.Images!).ManagedTags!);
    }

    /// <summary>The list lacks the former image, which exists, so it can also lack the images of the new selector.</summary>
    [Fact]
    public async Task An_incomplete_list_after_an_edit_takes_the_tag_from_no_image_before_another_has_it()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var (old, next) = (world.Cloud.AddImage("old"), world.Cloud.AddImage("next"));
        next.Status = "queued";
        await world.StartOperatorAsync();
        await world.CreateAsync(Selecting(world, "s", "old*"));
        await world.ReadyAsync("s", "True");

        world.Cloud.Faults.Add(
            "GET", "/image/v2/images?*", new Fault { Status = 200, ContentType = "application/json", Body = NoImages }, times: 1);
        await world.EditAsync("s", new()
        {
            ["image"] = new JsonObject { ["selector"] = new JsonObject { ["names"] = new JsonArray("next*"), ["status"] = "queued" } },
        });
        await ListedAgainAsync(world);
        var seen = await world.ReadyAsync("s", "False", "ImageNotActive");
        Assert.DoesNotContain(world.Cloud.Calls.Writes, call => call.Method == "DELETE");
        Assert.Equal(["golden"], old.Tags);
        Assert.Contains(seen.Status.Images!, image => image.Id == old.Id && image.Leaving is not null);

        next.Status = "active";
        await world.EditAsync("s", new()
        {
            ["image"] = new JsonObject { ["selector"] = new JsonObject { ["names"] = new JsonArray("next*"), ["status"] = null } },
        });
        await world.ReadyAsync("s", "True");
        Assert.Equal((0, 1), (old.Tags.Count, next.Tags.Count));
    }

    /// <summary>Lists do not show the former image, so the empty one lacks nothing that is known to exist.</summary>
    [Fact]
    public async Task A_list_without_a_match_after_an_edit_is_confirmed_before_the_tag_leaves_the_former_image()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var (old, next) = (world.Cloud.AddImage("old"), world.Cloud.AddImage("next"));
        old.Hidden = true;
        await world.StartOperatorAsync();
        await world.CreateAsync(world.Set("s", old.Id, "golden"));
        await world.ReadyAsync("s", "True");

        world.Cloud.Faults.Add(
            "GET", "/image/v2/images?*", new Fault { Status = 200, ContentType = "application/json", Body = NoImages }, times: 1);
        await world.EditAsync("s", new()
        {
            ["image"] = new JsonObject { ["id"] = null, ["selector"] = new JsonObject { ["names"] = new JsonArray("next*") } },
        });
        await world.TagsAsync(next.Id, "golden");
        await world.TagsAsync(old.Id);
        await world.ReadyAsync("s", "True");
        Assert.Equal(
            [("PUT", old.Id), ("PUT", next.Id), ("DELETE", old.Id)],
            world.Cloud.Calls.Writes.Where(call => call.Method != "POST").Select(call => (call.Method, call.Path.Split('/')[4])));
    }

    [Fact]
    public async Task A_Secret_for_the_wrong_project_removes_no_tags()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var images = Enumerable.Range(0, 20).Select(i => world.Cloud.AddImage($"golden-{i}")).ToArray();
        await world.StartOperatorAsync();
        await world.CreateAsync(Selecting(world, "s", "golden-*"));
        await world.ReadyAsync("s", "True");
        await world.DeleteSecretAsync();
        var clouds = KubernetesYaml.LoadAll(world.CloudsYaml)[0].AsObject();
        clouds["clouds"]!["demo"] = clouds["clouds"]!["other"]!.DeepClone();
        await world.CreateSecretAsync(clouds.ToJsonString());
        var seen = await world.ReadyAsync("s", "False");
        Assert.Contains(World.Ready(seen)!.Reason, new[] { "CloudChanged", "NoImageMatches" });
        await ListedAgainAsync(world);
        Assert.DoesNotContain(world.Cloud.Calls.Writes, call => call.Method == "DELETE");
        Assert.All(images, image => Assert.Equal(["golden"], image.Tags));
        Assert.Equal(20, (await world.GetAsync("s")).Status.Images!.Count(image => image.Reason == "CloudChanged"
            && image.ManagedTags!.SequenceEqual(["golden"])));
    }

    [Fact]
    public async Task Two_addresses_of_one_cloud_are_one_cloud()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        world.Cloud.InternalHost = "localhost";
        var image = world.Cloud.AddImage("img");
        await world.CreateOtherNamespaceAsync();
        await world.Kubernetes.DeleteAsync<V1Secret>(new NamespacedName(world.OtherNamespace, World.SecretName));
        await world.CreateSecretAsync(
            world.CloudsYaml.Replace("auth:", "interface: internal\n    auth:", StringComparison.Ordinal), world.OtherNamespace);
        await world.StartOperatorAsync("-n", world.OtherNamespace);
        await world.CreateAsync(world.Set("a", image.Id, "golden"));
        await world.ReadyAsync("a", "True");
        await NextSecondAsync();
        var b = world.Set("b", image.Id, "mine");
        b.Metadata.NamespaceProperty = world.OtherNamespace;
        await world.CreateAsync(b);
        var loser = await world.ReadyAsync("b", "False", "Conflict", world.OtherNamespace);
        var winner = await world.GetAsync("a");
        Assert.Equal(winner.Status.Cloud, loser.Status.Cloud);
        Assert.NotEqual(winner.Status.ImageEndpoint, loser.Status.ImageEndpoint);
        Assert.Equal(["golden"], image.Tags);
        Assert.Single(world.Cloud.Calls.Writes, call => call.Target.Contains("/tags/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_same_id_in_two_clouds_is_two_images()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        await using var second = await SandboxCloud.StartAsync();
        var here = world.Cloud.AddImage("img");
        var there = second.AddImage("img", here.Id, []);
        await world.DeleteSecretAsync();
        var clouds = KubernetesYaml.LoadAll(world.CloudsYaml)[0].AsObject();
        clouds["clouds"]!["second"] = KubernetesYaml.LoadAll(second.CloudsYaml)[0].AsObject()["clouds"]!["demo"]!.DeepClone();
        await world.CreateSecretAsync(clouds.ToJsonString());
        await world.StartOperatorAsync();
        await world.CreateAsync(Additive(world.Set("s", here.Id, "golden")));
        await world.ReadyAsync("s", "True");
        await world.EditAsync("s", new() { ["cloudCredentialsRef"] = new JsonObject { ["cloudName"] = "second" } });
        await world.UntilAsync(() => Task.FromResult(there.Tags), tags => tags.Contains("golden"),
            "the image in the second cloud to be tagged", _ => "it is not");
        await world.TagsAsync(here.Id);
        Assert.Single((await world.ReadyAsync("s", "True")).Status.Images!);
    }

    [Fact]
    public async Task The_project_that_owns_an_image_wins()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("img");
        image.Visibility = "public";
        await world.CreateOtherNamespaceAsync();
        await world.StartOperatorAsync("-n", world.OtherNamespace);
        // An administrator of another project has write permission here, and came first.
        var older = world.Set("older", image.Id, "theirs");
        older.Spec.CloudCredentialsRef.CloudName = "admin";
        older.Metadata.NamespaceProperty = world.OtherNamespace;
        await world.CreateAsync(older);
        await world.ReadyAsync("older", "True", inNamespace: world.OtherNamespace);
        await NextSecondAsync();
        await world.CreateAsync(world.Set("owner", image.Id, "ours"));
        await world.ReadyAsync("owner", "True");
        await world.TagsAsync(image.Id, "ours");
        var loser = await world.ReadyAsync("older", "False", "Conflict", world.OtherNamespace);
        Assert.StartsWith(
            $"An ImageTagSet of namespace {world.Namespace} uses credentials of the project that owns image 'img'",
            World.Ready(loser)!.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tag_that_the_owner_no_longer_declares_is_removed_although_a_team_without_ownership_declares_it()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var image = world.Cloud.AddImage("img");
        image.Visibility = "public";
        await world.CreateOtherNamespaceAsync();
        await world.StartOperatorAsync("-n", world.OtherNamespace);
        var owner = world.Set("owner", image.Id, "golden", "lts");
        owner.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(owner);
        await world.ReadyAsync("owner", "True");
        var other = world.Set("other", image.Id, "golden");
        (other.Spec.CloudCredentialsRef.CloudName, other.Spec.Policy) = ("other", TagPolicy.Additive);
        other.Metadata.NamespaceProperty = world.OtherNamespace;
        await world.CreateAsync(other);
        await world.ReadyAsync("other", "True", inNamespace: world.OtherNamespace);
        await world.EditAsync("owner", new() { ["tags"] = new JsonArray("lts") });
        await world.ReadyAsync("owner", "True");
        await world.TagsAsync(image.Id, "lts");
        await world.ReadyAsync("other", "False", "Forbidden", world.OtherNamespace);
    }

    [Fact]
    public async Task A_rejected_set_blocks_no_other_and_is_retried_after_its_interval()
    {
        await using var world = (SandboxWorld)await SandboxWorld.CreateAsync();
        var images = Enumerable.Range(0, 30).Select(i => world.Cloud.AddImage($"ubuntu-{i}", "theirs")).ToArray();
        foreach (var image in images) (image.Owner, image.Visibility) = (world.Cloud.Identity.Project("other").Id, "public");
        await world.StartOperatorAsync();
        var set = Selecting(world, "s", "ubuntu-*");
        set.Spec.Interval = "10m";
        await world.CreateAsync(set);
        var seen = await world.ReadyAsync("s", "False", "Forbidden");
        Assert.Equal(30, world.Cloud.Calls.Matching("PUT", "*/tags/golden").Count);
        Assert.All(seen.Status.Images!, image => Assert.Equal("Forbidden", image.Reason));

        await NextSecondAsync();
        var younger = world.Set("younger", images[0].Id, "mine");
        younger.Spec.CloudCredentialsRef.CloudName = "admin";
        await world.CreateAsync(younger);
        await world.ReadyAsync("younger", "True");
        Assert.Equal(["mine"], images[0].Tags);
    }

    /// <summary>Waits until the operator has requested and processed another list of images.</summary>
    private static async Task ListedAgainAsync(SandboxWorld world)
    {
        var lists = Lists(world);
        await world.UntilAsync(() => Task.FromResult(Lists(world)), now => now > lists, "another list of images", now => $"{now} lists");
    }

    private static int Lists(SandboxWorld world) =>
        world.Cloud.Calls.All.Count(
            call => call.UserAgent != GlanceClient.UserAgent && call.Target.StartsWith("/image/v2/images?", StringComparison.Ordinal));

    private static V1Alpha1ImageTagSet Selecting(SandboxWorld world, string name, string glob)
    {
        var set = Additive(world.Set(name, "unused", "golden"));
        set.Spec.Image = new ImageReference { Selector = new ImageSelector { Names = [glob] } };
        return set;
    }

    private static V1Alpha1ImageTagSet Additive(V1Alpha1ImageTagSet set)
    {
        set.Spec.Policy = TagPolicy.Additive;
        return set;
    }

    /// <summary>Ages are whole seconds.</summary>
    private static Task NextSecondAsync()
    {
        var start = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        return Eventually.HoldsAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()), now => now > start,
            "the next second", now => $"it is {now}");
    }
}
