using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Tests.Kubernetes;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ImageTagOperator.IntegrationTests.Runtime;

/// <summary>Watches of an API server that is killed and whose history is compacted.</summary>
[Collection(OwnKubernetes.Collection)]
public sealed class RealWatchTests(OwnKubernetes server)
{
    private readonly ConcurrentQueue<(WatchEventType Type, string Name)> changes = new();

    [Fact]
    public async Task Statement_4_a_watch_with_a_compacted_version_gets_410_and_lists_again()
    {
        using var widgets = await server.NamespaceAsync();
        await widgets.CreateAsync("stays");
        await widgets.CreateAsync("goes");
        await using var gate = new Gate(KubernetesClientConfiguration.Build(server.Kubeconfig).Server);
        await using var app = await widgets.StartAsync(address: gate.Address);
        Record(app);
        await OpenAsync(widgets);

        await gate.ShutAsync();
        await widgets.DeleteAsync("goes");
        await widgets.CreateAsync("comes");
        await server.CompactAsync();
        await server.KillAsync();
        await server.RestartAsync();
        gate.Open();

        await WaitForFirstEventAsync(WatchEventType.Deleted, "goes");
        await WaitForFirstEventAsync(WatchEventType.Added, "comes");
        Assert.True(app.Log.Has("is too old"), "a 410 caused the second list");
        Assert.DoesNotContain((WatchEventType.Deleted, "stays"), changes);
        await widgets.CreateAsync("later");
        await WaitForFirstEventAsync(WatchEventType.Added, "later");
        Assert.True(app.State.IsAlive);
    }

    [Fact]
    public async Task Statement_2_and_3_an_API_server_killed_during_a_watch_costs_no_event()
    {
        using var widgets = await server.NamespaceAsync();
        for (var i = 0; i < 20; i++) await widgets.CreateAsync($"w{i}");
        await widgets.CreateAsync("goes");
        await using var app = await widgets.StartAsync();
        Record(app);
        await OpenAsync(widgets);

        for (var i = 0; i < 10; i++) await widgets.ResizeAsync($"w{i}", 7);
        await server.KillAsync(); // the last events may not have been sent yet
        await DeleteBehindTheServerAsync(widgets, "goes");
        await server.RestartAsync();
        for (var i = 10; i < 20; i++) await widgets.ResizeAsync($"w{i}", 7);

        await WaitForFirstEventAsync(WatchEventType.Deleted, "goes");
        await Eventually.TrueAsync(
            () => app.Cache.All.Count(widget => widget.Spec.Size == 7) == 20 && app.Cache.All.Count == 21, "the cache is as the server",
                60);
        Assert.Single(changes, change => change.Type == WatchEventType.Deleted);
        Assert.Contains(app.Log.At(LogLevel.Warning), message => message.Contains("Next try in", StringComparison.Ordinal));
        Assert.True(app.State.IsAlive);
    }

    private void Record(TestOperator app) => app.Cache.Subscribe(change => changes.Enqueue((change.Type, change.Entity.Metadata.Name!)));

    /// <summary>The first event shows that the watch is open, and not only that the list was read.</summary>
    private async Task OpenAsync(WidgetNamespace widgets)
    {
        await widgets.CreateAsync("opened");
        await WaitForFirstEventAsync(WatchEventType.Added, "opened");
    }

    private Task WaitForFirstEventAsync(WatchEventType type, string name) =>
        Eventually.TrueAsync(() => changes.Contains((type, name)), $"{type} {name}", 60);

    /// <summary>Without an API server nothing else could delete it.</summary>
    private async Task DeleteBehindTheServerAsync(WidgetNamespace widgets, string name)
    {
        using var http = new HttpClient();
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes($"/registry/test.example.com/widgets/{widgets.Name}/{name}"));
        using var answer = await http.PostAsJsonAsync(
            new Uri(await server.EtcdAsync(), "/v3/kv/deleterange"), new JsonObject { ["key"] = key });
        var deleted = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonObject>();
        Assert.Equal("1", (string?)deleted!["deleted"]);
    }
}
