using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ImageTagOperator.Kubernetes.Watching;
using ImageTagOperator.Sandbox;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

public sealed class WatchTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Statement_1_no_event_is_lost_between_list_and_watch_whatever_happens_to_the_connection()
    {
        await using var server = await WidgetCluster.StartAsync();
        for (var i = 0; i < 1100; i++) server.ApplyWidget($"w{i}");
        await using var watch = Watching.Start(server, random: () => 0.01);
        for (var i = 0; i < 300; i++)
        {
            server.ApplyWidget($"w{i}", size: 7);
            server.DeleteWidget($"w{i + 300}");
            if (i % 50 == 0) server.DropWatches();
            if (i % 20 == 0) await Task.Yield();
        }

        await Eventually.TrueAsync(() => watch.Cache.All.Count == 800 && watch.Cache.All.Count(widget => widget.Spec.Size == 7) == 300,
            "the cache is as the server");
        var lists = server.Calls.Matching("GET", WidgetCluster.ListPath);
        Assert.All(lists, call => Assert.Contains("limit=500", call.Target, StringComparison.Ordinal));
        Assert.Contains("resourceVersion=0", lists[0].Target, StringComparison.Ordinal);
        Assert.All(server.Calls.Matching("GET", WidgetCluster.WatchPath), call => Assert.Matches("resourceVersion=\\d+", call.Target));
    }

    [Fact]
    public async Task Statement_2_a_delete_while_disconnected_yields_Deleted_after_the_relist()
    {
        await using var server = await WidgetCluster.StartAsync();
        server.ApplyWidget("stays");
        server.ApplyWidget("goes");
        server.ApplyWidget("again");
        await using var watch = Watching.Start(server, random: () => 0.01);
        await watch.OpenAsync();
        var first = watch.Cache.TryGet(new("default", "again"))!.Metadata.Uid;

        using (server.Faults.Add("GET", WidgetCluster.WatchPath, new Fault { Status = 503 }))
        {
            server.DropWatches();
            server.DeleteWidget("goes");
            server.DeleteWidget("again");
            server.ApplyWidget("again");
            server.ExpireHistory();
        }

        await Eventually.TrueAsync(() => watch.Has(WatchEventType.Deleted, "goes"), "Deleted goes");
        await Eventually.TrueAsync(() => watch.Changes.Any(change => change.Type == WatchEventType.Deleted
            && change.Entity.Metadata.Uid == first), "Deleted the first 'again'");
        await Eventually.TrueAsync(
            () => watch.Cache.TryGet(new("default", "again"))?.Metadata.Uid is { } uid && uid != first, "the second 'again' is there");
        Assert.False(watch.Has(WatchEventType.Deleted, "stays"));
    }

    [Fact]
    public async Task Statement_3_a_silent_watch_is_closed_and_opened_again()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        using var fault = server.Faults.Add("GET", WidgetCluster.WatchPath, new Fault { Hang = true }, times: 1);
        await using var watch = Watching.Start(server, time);
        await Eventually.TrueAsync(() => server.Calls.Matching("GET", WidgetCluster.WatchPath).Count == 1, "the first watch");
        await time.AdvanceUntilAsync(() => server.OpenWatches == 1, "a second watch", TimeSpan.FromSeconds(1));
        server.ApplyWidget("a");
        await Eventually.TrueAsync(() => watch.Has(WatchEventType.Added, "a"), "events arrive again");
    }

    [Fact]
    public async Task Statement_3_a_watch_that_breaks_is_closed_and_opened_again()
    {
        await using var server = await WidgetCluster.StartAsync(); // with the real clock, it does not end the watch during this test
        var time = new FakeTimeProvider();
        await using var watch = Watching.Start(server, time);
        await Eventually.TrueAsync(() => server.OpenWatches == 1, "the first watch");
        await time.AdvanceUntilAsync(
            () => server.Calls.Matching("GET", WidgetCluster.WatchPath).Count > 1, "a second watch", TimeSpan.FromSeconds(10));
        Assert.True(watch.Log.Has("is dead"), "the log says why");
    }

    [Fact]
    public async Task Statement_3_every_watch_has_a_server_timeout_of_5_to_10_minutes()
    {
        await using var server = await WidgetCluster.StartAsync();
        var random = 0.0;
        await using var watch = Watching.Start(server, random: () => random);
        await Eventually.TrueAsync(() => server.OpenWatches == 1, "a watch");
        random = 0.99;
        server.DropWatches();
        await Eventually.TrueAsync(() => server.Calls.Matching("GET", WidgetCluster.WatchPath).Count == 2, "another watch");
        var lengths = server.Calls.Matching("GET", WidgetCluster.WatchPath)
            .Select(call => int.Parse(Regex.Match(call.Target, "timeoutSeconds=(\\d+)").Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.Equal([300, 597], lengths);
    }

    [Fact]
    public async Task Statement_4_a_410_in_the_stream_causes_a_new_list()
    {
        await using var server = await WidgetCluster.StartAsync();
        await using var watch = Watching.Start(server);
        await watch.OpenAsync();
        server.SendToWatches(WidgetCluster.Plural,
            """{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","message":"too old resource version: 1 (2)","reason":"Expired","code":410}}""");
        await Eventually.TrueAsync(() => server.Calls.Matching("GET", WidgetCluster.ListPath).Count == 2, "a second list");
        Assert.DoesNotContain("resourceVersion=", server.Calls.Matching("GET", WidgetCluster.ListPath)[1].Target, StringComparison.Ordinal);
        await watch.OpenAsync();
        server.ApplyWidget("a");
        await Eventually.TrueAsync(() => watch.Has(WatchEventType.Added, "a"), "events arrive again");
        Assert.Empty(watch.Log.At(LogLevel.Warning));
    }

    [Fact]
    public async Task Statement_4_a_410_as_an_HTTP_status_causes_a_new_list()
    {
        await using var server = await WidgetCluster.StartAsync();
        using var fault = server.Faults.Add("GET", WidgetCluster.WatchPath, new Fault { Status = 410 }, times: 1);
        await using var watch = Watching.Start(server);
        await watch.OpenAsync();
        Assert.Equal(2, server.Calls.Matching("GET", WidgetCluster.ListPath).Count);
    }

    [Fact]
    public async Task Statement_5_a_clean_close_reconnects_from_the_last_event_or_bookmark_without_a_relist()
    {
        var time = new FakeTimeProvider();
        await using var server = await WidgetCluster.StartAsync(time);
        await using var watch = Watching.Start(server, time);
        await watch.OpenAsync();
        server.ApplyWidget("a");
        await Eventually.TrueAsync(() => watch.Has(WatchEventType.Added, "a"), "the event");
        server.SendToWatches(
            WidgetCluster.Plural, """{"type":"BOOKMARK","object":{"kind":"Widget","metadata":{"resourceVersion":"987654"}}}""");
        await time.AdvanceUntilAsync(
            () => server.Calls.Matching("GET", WidgetCluster.WatchPath).Count == 2, "a second watch", TimeSpan.FromSeconds(10));
        Assert.Contains(
            "resourceVersion=987654", server.Calls.Matching("GET", WidgetCluster.WatchPath)[1].Target, StringComparison.Ordinal);
        Assert.Single(server.Calls.Matching("GET", WidgetCluster.ListPath));
    }

    [Fact]
    public async Task Statement_5_watches_that_end_at_once_are_reopened_with_backoff()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        using var fault = server.Faults.Add("GET", WidgetCluster.WatchPath, new Fault { Status = 200, ContentType = "application/json" });
        await using var watch = Watching.Start(server, time);
        var pauses = new[] { 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30 };
        for (var i = 0; i < pauses.Length; i++)
        {
            await Eventually.TrueAsync(() => watch.Log.At(LogLevel.Warning).Count() == i + 1, $"watch {i + 1} ends");
            await time.UntilDueInAsync(TimeSpan.FromSeconds(pauses[i]));
            time.Advance(TimeSpan.FromSeconds(pauses[i] - 0.05));
            await Eventually.NeverAsync(() => Watches() > i + 1, "another watch too early", 30);
            time.Advance(TimeSpan.FromSeconds(0.05));
            await Eventually.TrueAsync(() => Watches() == i + 2, $"watch {i + 2} after {pauses[i]} s");
        }

        int Watches() => server.Calls.Matching("GET", WidgetCluster.WatchPath).Count;
    }

    [Fact]
    public void Statement_5_the_pause_is_reset_after_two_quiet_minutes()
    {
        var time = new FakeTimeProvider();
        var backoff = new WatchBackoff(time, () => 0.5);
        Assert.Equal([0.4, 0.8, 1.6], Enumerable.Range(0, 3).Select(_ => backoff.Next().TotalSeconds));
        time.Advance(TimeSpan.FromSeconds(121));
        Assert.Equal(0.4, backoff.Next().TotalSeconds);
    }

    [Fact]
    public async Task Statement_6_a_throttled_watch_waits_as_long_as_the_server_asks()
    {
        await using var server = await WidgetCluster.StartAsync();
        var time = new FakeTimeProvider();
        using var fault = server.Faults.Add(
            "GET", WidgetCluster.WatchPath, new Fault { Status = 429, Headers = new Dictionary<string, string> { ["Retry-After"] = "17" } },
                times: 1);
        await using var watch = Watching.Start(server, time);
        await Eventually.TrueAsync(() => watch.Log.At(LogLevel.Warning).Any(), "the refusal is logged");
        Assert.True(watch.Log.Has("The watch of Widget in all namespaces failed: "), "the log says where");
        await time.UntilDueInAsync(TimeSpan.FromSeconds(17));
        time.Advance(TimeSpan.FromSeconds(16.9));
        await Eventually.NeverAsync(() => server.OpenWatches > 0, "a watch before Retry-After");
        time.Advance(TimeSpan.FromSeconds(0.2));
        await watch.OpenAsync();
        Assert.Single(server.Calls.Matching("GET", WidgetCluster.ListPath));
    }

    [Fact]
    public async Task Statement_6_a_refused_connection_is_retried_until_the_server_is_back()
    {
        var time = new FakeTimeProvider();
        var reachable = false;
        var handler = new StubHandler(request => !reachable ? throw new HttpRequestException("Connection refused")
            : request.RequestUri!.Query.Contains("watch=", StringComparison.Ordinal) ? throw new HttpRequestException("Connection refused")
            : StubHandler.Json("""{"metadata":{"resourceVersion":"5"},"items":null}"""));
        await using var watch = Watching.Start(handler, time);
        await time.AdvanceUntilAsync(() => handler.Requests.Count == 4, "four tries");
        reachable = true;
        await time.AdvanceUntilAsync(() => watch.Cache.IsSynced, "an empty list fills the cache");
    }

    [Fact]
    public async Task Statement_7_one_malformed_object_does_not_stop_the_others()
    {
        await using var server = await WidgetCluster.StartAsync();
        await using var watch = Watching.Start(server);
        await watch.OpenAsync();
        server.SendToWatches(WidgetCluster.Plural,
            """{"type":"ADDED","object":{"metadata":{"name":"bad","namespace":"default","resourceVersion":"9"},"spec":{"size":"huge"}}}""");
        server.ApplyWidget("good");
        await Eventually.TrueAsync(() => watch.Has(WatchEventType.Added, "good"), "the next event");
        Assert.Contains("Widget default/bad does not fit its type", Assert.Single(watch.Log.At(LogLevel.Error)), StringComparison.Ordinal);
        Assert.Single(server.Calls.Matching("GET", WidgetCluster.WatchPath));
    }

    [Fact]
    public async Task Statement_7_a_malformed_item_of_a_list_is_logged_and_skipped()
    {
        var handler = new StubHandler(request => request.RequestUri!.Query.Contains("watch=", StringComparison.Ordinal)
            ? new HttpResponseMessage(HttpStatusCode.ServiceUnavailable)
            : StubHandler.Json(
                """{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"bad","namespace":"n"},"spec":7},{"metadata":{"name":"good","namespace":"n"}},null]}"""));
        await using var watch = Watching.Start(handler, new FakeTimeProvider());
        await Eventually.TrueAsync(() => watch.Cache.IsSynced, "the list is in the cache");
        Assert.Equal("good", Assert.Single(watch.Cache.All).Metadata.Name);
        Assert.True(watch.Log.Has("Widget n/bad does not fit its type"));
    }

    [Fact]
    public async Task A_line_that_is_not_JSON_ends_the_watch_and_the_next_watch_continues()
    {
        await using var server = await WidgetCluster.StartAsync();
        await using var watch = Watching.Start(server, random: () => 0.01);
        await watch.OpenAsync();
        server.SendToWatches(WidgetCluster.Plural, "{\"type\": <html>");
        server.ApplyWidget("a");
        await Eventually.TrueAsync(() => watch.Has(WatchEventType.Added, "a"), "events arrive again");
        Assert.Single(server.Calls.Matching("GET", WidgetCluster.ListPath));
    }

    [Fact]
    public async Task Each_watched_namespace_has_its_own_watch()
    {
        await using var server = await WidgetCluster.StartAsync();
        foreach (var name in (string[])["one", "two", "three"]) server.AddNamespace(name);
        foreach (var name in (string[])["one", "two", "three"]) server.ApplyWidget("a", ns: name);
        await using var app = await (await TestOperator.StartAsync(server, configure: settings => settings.Namespaces = ["one", "two"]))
            .ReadyAsync();
        Assert.Equal(["one", "two"], app.Cache.All.Select(widget => widget.Metadata.NamespaceProperty).Order(StringComparer.Ordinal));
        await Eventually.TrueAsync(() => server.OpenWatches == 2, "two watches");
    }
}
