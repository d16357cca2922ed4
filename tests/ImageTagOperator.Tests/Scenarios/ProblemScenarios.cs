using System.Text.Json.Nodes;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>Every problem is reported with its cause and remedy, causes no damage, and ends when its cause ends.</summary>
public abstract class ProblemScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Fact]
    public async Task A_name_that_matches_two_images_is_rejected_until_it_matches_one()
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
    public async Task A_name_is_case_sensitive()
    {
        await using var world = await StartAsync();
        var name = $"cased-{world.Namespace}";
        var image = await world.Glance.CreateImageAsync(name.ToUpperInvariant());
        await world.CreateAsync(world.Set("cased", name, "golden"));
        await world.ReadyAsync("cased", "False", "ImageNotFound");
        Assert.Empty(await world.Glance.GetTagsAsync(image));
    }

    [Fact]
    public async Task An_unknown_image_is_found_when_it_is_created()
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
    public async Task An_image_is_not_written_until_it_is_active()
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
    public async Task A_wrong_password_is_reported_and_a_corrected_Secret_is_used()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("password");
        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(world.CloudsYaml.Replace("secret", "wrong-one", StringComparison.Ordinal));
        await world.CreateAsync(world.Set("password", image, "golden"));

        var set = await world.ReadyAsync("password", "False", "CredentialsRejected");
        Assert.StartsWith(
            $"Secret {world.Namespace}/{World.SecretName}: Keystone of cloud 'demo'", World.Ready(set)!.Message, StringComparison.Ordinal);
        Assert.Contains("Correct the credentials", World.Ready(set)!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", World.Ready(set)!.Message, StringComparison.Ordinal);

        await world.DeleteSecretAsync();
        await world.CreateSecretAsync(world.CloudsYaml);
        await world.ReadyAsync("password", "True");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task A_missing_Secret_is_reported_and_used_when_it_is_created()
    {
        await using var world = await StartAsync();
        var image = await world.Glance.CreateImageAsync("secretless");
        await world.DeleteSecretAsync();
        await world.CreateAsync(world.Set("secretless", image, "golden"));
        var set = await world.ReadyAsync("secretless", "False", "SecretNotFound");
        Assert.Contains(
            $"kubectl -n {world.Namespace} create secret generic {World.SecretName}", World.Ready(set)!.Message, StringComparison.Ordinal);

        await world.CreateSecretAsync(world.CloudsYaml);
        await world.ReadyAsync("secretless", "True");
        await world.TagsAsync(image, "golden");
    }

    [Fact]
    public async Task A_cloud_that_is_missing_in_clouds_yaml_is_reported()
    {
        await using var world = await StartAsync();
        var set = world.Set("cloudless", Guid.NewGuid().ToString(), "golden");
        set.Spec.CloudCredentialsRef.CloudName = "nowhere";
        await world.CreateAsync(set);
        var seen = await world.ReadyAsync("cloudless", "False", "InvalidCloudsYaml");
        Assert.Contains("'nowhere'", World.Ready(seen)!.Message, StringComparison.Ordinal);
        Assert.Contains("'demo'", World.Ready(seen)!.Message, StringComparison.Ordinal);
    }

    /// <summary>The operator rejects what the schema cannot.</summary>
    [Fact]
    public async Task Tags_that_clouds_treat_as_equal_are_rejected_until_corrected()
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
}
