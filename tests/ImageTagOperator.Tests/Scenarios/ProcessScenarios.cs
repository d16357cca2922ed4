using System.Text.Json.Nodes;
using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Specs;
using Xunit;

namespace ImageTagOperator.Scenarios;

/// <summary>Crashes, restarts and the shutdown of the process.</summary>
public abstract class ProcessScenarios<TWorld> : ScenariosIn<TWorld>
    where TWorld : World, IWorldFactory
{
    [Fact]
    public async Task An_operator_killed_at_any_moment_reaches_the_same_state()
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
    public async Task The_health_endpoints_answer()
    {
        await using var world = await CreateWorldAsync();
        var process = await world.StartOperatorAsync();
        using var http = new HttpClient();
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri(process.HealthUrl + "/healthz")));
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri(process.HealthUrl + "/readyz")));
        using var metrics = await http.GetAsync(new Uri(process.HealthUrl + "/metrics"));
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", $"{metrics.Content.Headers.ContentType}");
        Assert.Contains("imagetags_leader 1\n", await metrics.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var unknown = await http.GetAsync(new Uri(process.HealthUrl + "/"));
        Assert.Equal(404, (int)unknown.StatusCode);
    }

    [Fact]
    public async Task SIGTERM_shuts_the_operator_down_cleanly()
    {
        await using var world = await CreateWorldAsync();
        var process = await world.StartOperatorAsync();
        var image = await world.Glance.CreateImageAsync("terminated");
        await world.CreateAsync(world.Set("terminated", image, "golden"));
        await world.ReadyAsync("terminated", "True");
        Assert.Equal(0, await process.StopAsync());
    }

    [Fact]
    public async Task A_set_restored_without_its_status_adopts_the_existing_tags_and_writes_nothing()
    {
        await using var world = await CreateWorldAsync();
        var image = await world.Glance.CreateImageAsync("restored", "foreign");
        var process = await world.StartOperatorAsync();
        var set = world.Set("restored", image, "golden");
        set.Spec.Policy = TagPolicy.Additive;
        await world.CreateAsync(set);
        await world.ReadyAsync("restored", "True");
        await process.StopAsync();

        await world.Kubernetes.PatchAsync<V1Alpha1ImageTagSet>(
            new(world.Namespace, "restored"), new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = null } });
        await world.DeleteAsync("restored");
        await world.CreateAsync(
            new V1Alpha1ImageTagSet { Metadata = new() { Name = "restored", NamespaceProperty = world.Namespace }, Spec = set.Spec });
        await world.StartOperatorAsync();
        await world.ReadyAsync("restored", "True");
        Assert.Equal(["PUT"], (await world.CloudCallsAsync(image)).Select(call => call.Split(' ')[0]).Where(verb => verb != "GET"));
        await world.DeleteAsync("restored");
        await world.GoneAsync("restored");
        await world.TagsAsync(image, "foreign");
    }
}
