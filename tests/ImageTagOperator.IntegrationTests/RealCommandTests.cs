using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using ImageTagOperator.Scenarios;
using Xunit;

namespace ImageTagOperator.IntegrationTests;

/// <summary>The commands that need no operator, on the real servers. docs/cli.md, which a test executes too, covers the rest.</summary>
public sealed class RealCommandTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--group")]
    [InlineData("--by-id --untagged")]
    public async Task A_plan_of_an_export_finds_nothing_to_do(string options)
    {
        await using var world = await RealWorld.CreateAsync();
        var name = world.Namespace;
        await world.Glance.CreateImageAsync($"{name}-a", "golden", "lts");
        await world.Glance.CreateImageAsync($"{name}-b", "golden", "lts");
        await world.Glance.CreateImageAsync($"{name}-twin", "one");
        await world.Glance.CreateImageAsync($"{name}-twin", "two");
        await world.Glance.CreateImageAsync($"{name}-untagged");
        await world.Glance.CreateQueuedImageAsync($"{name}-queued", "waiting");
        var odd = await world.Glance.CreateImageAsync($"{name}-odd * (ü)");
        await world.Glance.SetTagsAsync(odd, "a/b", "ü", "..", "*", " x", "fine");

        var (code, exported) = await RunAsync(world, null,
            ["export", "--cloud", "demo", "--name", $"{name}-*", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.True(code == 0, exported);
        Assert.DoesNotContain("waiting", exported, StringComparison.Ordinal);
        var manifests = string.Join('\n', exported.Split('\n')
            .Where(line => !line.StartsWith("ImageTagSet", StringComparison.Ordinal)
            && !line.Contains(" of cloud ", StringComparison.Ordinal)));
        var valid = await RunAsync(world, manifests, "validate", "-f", "-");
        Assert.True(valid.Code == 0, valid.Output + manifests);
        var plan = await RunAsync(world, manifests, "plan", "-f", "-");
        Assert.True(plan.Code == 0, plan.Output + manifests);
    }

    [Fact]
    public async Task Apply_does_what_plan_shows_and_a_second_plan_shows_nothing()
    {
        await using var world = await RealWorld.CreateAsync();
        var image = await world.Glance.CreateImageAsync(world.Namespace, "old");
        var manifest = Manifest(world, image, "golden");
        var plan = await RunAsync(world, manifest, "plan", "-f", "-", "-o", "json");
        Assert.Equal(2, plan.Code);
        var summary = JsonDocument.Parse(plan.Output).RootElement.GetProperty("summary");
        Assert.Equal((1, 1, 0),
            (summary.GetProperty("add").GetInt32(), summary.GetProperty("remove").GetInt32(), summary.GetProperty("problems").GetInt32()));
        Assert.DoesNotContain(await world.CloudCallsAsync(image), call => call.StartsWith("PUT", StringComparison.Ordinal)
            || call.StartsWith("DELETE", StringComparison.Ordinal));

        var apply = await RunAsync(world, manifest, "apply", "-f", "-");
        Assert.True(apply.Code == 0, apply.Output);
        await world.TagsAsync(image, "golden");
        Assert.Equal(0, (await RunAsync(world, manifest, "plan", "-f", "-")).Code);
    }

    [Fact]
    public async Task The_variables_of_an_openrc_file_are_enough()
    {
        await using var world = await RealWorld.CreateAsync();
        var image = await world.Glance.CreateImageAsync(world.Namespace, "golden");
        var demo = OpenStack.Configuration.CloudsYaml.Parse(world.CloudsYaml, "demo");
        var login = (OpenStack.Configuration.PasswordCredential)demo.Credential;
        var variables = new Dictionary<string, string>
        {
            ["OS_CLIENT_CONFIG_FILE"] = "",
            ["HOME"] = "/nonexistent",
            ["OS_AUTH_URL"] = demo.AuthUrl.AbsoluteUri,
            ["OS_USERNAME"] = login.Username!,
            ["OS_PASSWORD"] = login.Password,
            ["OS_USER_DOMAIN_ID"] = "default",
            ["OS_PROJECT_NAME"] = demo.Scope.ProjectName!,
            ["OS_PROJECT_DOMAIN_ID"] = "default",
            ["OS_IDENTITY_API_VERSION"] = "3",
        };
        var (code, output) = await Shell.TryAsync(world.Executable, ["plan", "-f", "-"], Manifest(world, image, "golden"), variables);
        Assert.True(code == 0 && output.Contains("on cloud envvars: 1 image in order", StringComparison.Ordinal), output);
        variables["OS_PASSWORD"] = "wrong";
        (code, output) = await Shell.TryAsync(world.Executable, ["plan", "-f", "-"], Manifest(world, image, "golden"), variables);
        Assert.True(code == 1 && output.Contains("! CredentialsRejected: ", StringComparison.Ordinal)
            && !output.Contains("wrong", StringComparison.Ordinal), output);
    }

    [Fact]
    public async Task Status_follows_the_changes_until_it_is_ended()
    {
        await using var world = await RealWorld.CreateAsync();
        var printed = new ConcurrentQueue<string>();
        using var status = Process.Start(
            new ProcessStartInfo(world.Executable, ["status", "--watch", "-n", world.Namespace]) { RedirectStandardOutput = true })!;
        status.OutputDataReceived += (_, line) => printed.Enqueue(line.Data ?? "");
        status.BeginOutputReadLine();
        await PrintsAsync(1, "There are no ImageTagSets.");
        await world.CreateAsync(world.Set("one", "nothing", "golden"));
        await PrintsAsync(1, "NotSeenYet");
        await world.DeleteAsync("one");
        await PrintsAsync(2, "There are no ImageTagSets.");
        status.Kill();
        await status.WaitForExitAsync();

        Task PrintsAsync(int times, string text) => world.UntilAsync(
            () => Task.FromResult(printed.ToArray()), lines => lines.Count(line => line.Contains(text, StringComparison.Ordinal)) >= times,
                $"'{text}' to be printed", lines => string.Join('\n', lines));
    }

    private static string Manifest(World world, string image, string tag) =>
        $$"""
        apiVersion: imagetags.io/v1alpha1
        kind: ImageTagSet
        metadata: {name: one, namespace: {{world.Namespace}}}
        spec:
          cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
          image: {id: {{image}}}
          tags: [{{tag}}]
        """;

    private static Task<(int Code, string Output)> RunAsync(World world, string? input, params string[] arguments) =>
        Shell.TryAsync(world.Executable, arguments, input);
}
