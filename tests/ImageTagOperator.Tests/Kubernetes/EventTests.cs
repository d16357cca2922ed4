using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Events;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Kubernetes;
using Xunit;
using k8s.Models;

namespace ImageTagOperator.Tests.Kubernetes;

public sealed class EventTests
{
    private const string EventPath = "/apis/events.k8s.io/v1/*";

    private readonly FakeTimeProvider time = new();

    [Fact]
    public async Task Statement_25_an_event_has_the_reporter_the_reason_and_the_object()
    {
        await using var server = await WidgetCluster.StartAsync();
        await using var recorder = new Recording(server, time);
        await recorder.PublishAsync("Tagged", "added golden", EventType.Warning);
        var made = await recorder.SingleAsync();
        Assert.Equal(
            ("Reconcile", "Tagged", "tester", "tester-1", "added golden", "Warning"),
            (Text(made, "action"), Text(made, "reason"), Text(made, "reportingController"), Text(made, "reportingInstance"),
                Text(made, "note"), Text(made, "type")));
        Assert.Equal(("Widget", "default", "a"),
            (made["regarding"]!["kind"]!.ToString(), made["regarding"]!["namespace"]!.ToString(), made["regarding"]!["name"]!.ToString()));
        Assert.Matches("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z$",
            JsonNode.Parse(server.Calls.Matching("POST", EventPath)[0].Body)!["eventTime"]!.ToString());
    }

    [Fact]
    public async Task Statement_25_a_note_is_at_most_1024_bytes_and_cut_between_characters()
    {
        await using var server = await WidgetCluster.StartAsync();
        await using var recorder = new Recording(server, time);
        await recorder.PublishAsync("Long", string.Concat(Enumerable.Repeat("ü😀", 400)));
        var note = Text(await recorder.SingleAsync(), "note")!;
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(note), 1015, 1024);
        Assert.EndsWith("…", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Statement_25_a_repeat_updates_only_series()
    {
        await using var server = await WidgetCluster.StartAsync();
        await using var recorder = new Recording(server, time);
        for (var i = 0; i < 3; i++) await recorder.PublishAsync("Tagged", "added golden");
        await Eventually.TrueAsync(() => server.Calls.Matching("PATCH", EventPath).Count == 2, "two repeats");
        Assert.Single(server.Calls.Matching("POST", EventPath));
        Assert.All(
            server.Calls.Matching("PATCH", EventPath), call => Assert.Equal(["series"], call.Json!.AsObject().Select(field => field.Key)));
        await Eventually.TrueAsync(() => (int?)recorder.Events[0]["series"]?["count"] == 3, "the event has a count of three");

        // The recorder writes sequentially: when this event arrives, the earlier ones have been processed.
        await recorder.PublishAsync("Tagged", "added golden", name: "b");
        await Eventually.TrueAsync(() => server.Calls.Matching("POST", EventPath).Count == 2, "an event about another widget");
        time.Advance(TimeSpan.FromMinutes(7));
        await recorder.PublishAsync("Tagged", "added golden");
        await time.AdvanceUntilAsync(
            () => recorder.Events.Count(made => (string?)made["regarding"]!["name"] == "a") == 2, "after six minutes it is news again");
    }

    [Fact]
    public async Task Statement_25_a_repeat_of_an_event_that_the_server_dropped_is_a_new_event()
    {
        await using var server = await WidgetCluster.StartAsync();
        await using var recorder = new Recording(server, time);
        await recorder.PublishAsync("Tagged", "added golden");
        var first = await recorder.SingleAsync();
        server.Delete("events.events.k8s.io", "default", first["metadata"]!["name"]!.ToString());
        await recorder.PublishAsync("Tagged", "added golden");
        await Eventually.TrueAsync(() => server.Calls.Matching("POST", EventPath).Count == 2, "a new event");
    }

    [Fact]
    public async Task Statement_25_recording_never_blocks_and_drops_what_does_not_fit()
    {
        await using var server = await WidgetCluster.StartAsync();
        using var stuck = server.Faults.Add("POST", EventPath, new Fault { Hang = true });
        await using var recorder = new Recording(server, time);
        for (var i = 0; i < 5000; i++) Assert.True(
            recorder.PublishAsync("Tagged", "x", name: $"w{i}").IsCompletedSuccessfully, "publishing must not wait");
    }

    [Fact]
    public void Statement_25_one_object_gets_25_events_and_then_one_per_5_minutes()
    {
        var filter = new EventSpamFilter(time);
        var noisy = new V1ObjectReference { Uid = "1" };
        Assert.Equal(25, Enumerable.Range(0, 100).Count(_ => filter.Allows(noisy)));
        Assert.True(filter.Allows(new() { Uid = "2" }), "another object is not affected");
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(1, Enumerable.Range(0, 10).Count(_ => filter.Allows(noisy)));
        time.Advance(TimeSpan.FromHours(10));
        Assert.Equal(25, Enumerable.Range(0, 100).Count(_ => filter.Allows(noisy)));
    }

    [Fact]
    public async Task A_server_gets_the_event_after_a_short_failure()
    {
        await using var server = await WidgetCluster.StartAsync();
        using var fault = server.Faults.Add("POST", EventPath, new Fault { Status = 500 }, times: 2);
        await using var recorder = new Recording(server, time);
        await recorder.PublishAsync("Tagged", "x");
        await time.AdvanceUntilAsync(() => recorder.Events.Count == 1, "the third try");
    }

    [Fact]
    public async Task The_events_of_one_namespace_leave_room_for_those_of_another()
    {
        await using var server = await WidgetCluster.StartAsync();
        var first = new TaskCompletionSource();
        using var fault = server.Faults.Add("POST", EventPath, new Fault { Until = first.Task }, times: 1);
        await using var recorder = new Recording(server, time);
        for (var i = 0; i < 6000; i++) await recorder.PublishAsync("Tagged", "x", name: $"a{i}");
        var metadata = new JsonObject { ["name"] = "other" };
        server.Apply(new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = metadata });
        await recorder.PublishAsync("Tagged", "x", name: "b", inNamespace: "other");
        first.SetResult();
        await Eventually.TrueAsync(() => server.Calls.Matching("POST", "*/namespaces/other/events*").Count > 0, "b's event is written");
        Assert.InRange(server.Calls.Matching("POST", EventPath).Count, 1, 1002);
    }

    private static string? Text(JsonObject made, string name) => made[name]?.ToString();

    private sealed class Recording : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly SandboxKubernetes server;
        private readonly KubernetesClient client;
        private readonly EventRecorder recorder;
        private readonly Task run;

        public Recording(SandboxKubernetes server, FakeTimeProvider time)
        {
            this.server = server;
            client = server.Client(time);
            recorder = new(client, new("tester", "tester-1", time), new(time), time, new RecordingLogger().For<EventRecorder>());
            run = Task.Run(() => recorder.RunAsync(stop.Token));
        }

        public IReadOnlyList<JsonObject> Events => server.List("events.events.k8s.io");

        public Task PublishAsync(
            string reason, string message, EventType type = EventType.Normal, string name = "a", string inNamespace = "default")
        {
            var metadata = new V1ObjectMeta { Name = name, NamespaceProperty = inNamespace, Uid = $"uid-{name}", ResourceVersion = "7" };
            var widget = new Widget { ApiVersion = "test.example.com/v1", Kind = "Widget", Metadata = metadata };
            return recorder.PublishAsync(widget, reason, message, type, CancellationToken.None);
        }

        public async Task<JsonObject> SingleAsync()
        {
            await Eventually.TrueAsync(() => Events.Count == 1, "one event");
            return Events[0];
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await run;
            client.Dispose();
            stop.Dispose();
        }
    }
}
