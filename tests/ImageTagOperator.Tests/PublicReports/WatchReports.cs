using ImageTagOperator.Sandbox;
using ImageTagOperator.Tests.Kubernetes;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>API servers that end a watch in an undocumented way.</summary>
public sealed class WatchReports
{
    // kubernetes/kubernetes#104171, fabric8io/kubernetes-client#7898, projectcalico/typha#227
    [Theory]
    [InlineData("")]
    [InlineData("""{"type":"BOOKMARK","object":{"kind":"Widget","metadata":{"resourceVersion":"1"}}}""")]
    public async Task A_watch_that_always_ends_at_once_without_an_event_is_followed_by_a_list(string body)
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        using var fault = server.Faults.Add(
            "GET", WidgetCluster.WatchPath, new Fault { Status = 200, Body = body, ContentType = "application/json" });
        await using var watch = Watching.Start(server, time);
        await Eventually.TrueAsync(() => watch.Cache.IsSynced, "the first list");
        server.ApplyWidget("a");
        await time.AdvanceUntilAsync(
            () => watch.Has(WatchEventType.Added, "a"), "what a list shows", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10));
    }
}
