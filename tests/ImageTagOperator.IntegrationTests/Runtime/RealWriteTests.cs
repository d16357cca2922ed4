using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Controllers;
using ImageTagOperator.Tests.Kubernetes;
using Microsoft.Extensions.Logging;
using Xunit;
using Result = ImageTagOperator.Kubernetes.Abstractions.ReconciliationResult<ImageTagOperator.Tests.Kubernetes.Widget>;

namespace ImageTagOperator.IntegrationTests.Runtime;

/// <summary>Writes that conflict with those of other clients.</summary>
[Collection(OwnKubernetes.Collection)]
public sealed class RealWriteTests(OwnKubernetes server)
{
    [Fact]
    public async Task Statement_16_a_status_write_that_conflicts_is_repeated_from_the_current_object()
    {
        using var widgets = await server.NamespaceAsync();
        var audit = server.Audit;
        var world = new WidgetWorld();
        TestOperator? app = null;
        world.Reconcile = async (widget, cancel) =>
        {
            if (world.Runs("a") == 1) await widgets.PatchAsync("a", Metadata("labels", new JsonObject { ["theirs"] = "kept" }));
            widget.Status.Phase = $"run {world.Runs("a")}";
            return Result.Success(await app!.Client.UpdateStatusAsync(widget, cancel));
        };
        await using var started = app = await widgets.StartAsync(world);
        await widgets.CreateAsync("a");
        await Eventually.TrueAsync(() => app.Cache.All.Any(widget => widget.Status.Phase == "run 2"), "the second run wrote its status");

        Assert.Equal("kept", (await widgets.GetAsync("a")).Metadata.Labels!["theirs"]);
        Assert.Equal([409, 200], (await WritesAsync(audit, widgets)).Select(write => write.Code));
        Assert.True(app.Log.Has("was written by somebody else meanwhile"), "the log says why the reconcile was repeated");
        Assert.DoesNotContain(app.Log.Entries, entry => entry.Level >= LogLevel.Warning);
        await Eventually.NeverAsync(() => world.Runs("a") > 2, "its own write is no reason to reconcile");
    }

    [Fact]
    public async Task Statement_16_two_status_writes_in_one_reconcile_succeed_and_an_unchanged_one_is_not_sent()
    {
        using var widgets = await server.NamespaceAsync();
        var audit = server.Audit;
        var world = new WidgetWorld();
        TestOperator? app = null;
        world.Reconcile = async (widget, cancel) =>
        {
            widget.Status.Phase = "begun";
            await app!.Client.UpdateStatusAsync(widget, cancel);
            widget.Status.Phase = "done";
            var done = await app.Client.UpdateStatusAsync(widget, cancel);
            return Result.Success(await app.Client.UpdateStatusAsync(done, done, cancel));
        };
        await using var started = app = await widgets.StartAsync(world);
        await widgets.CreateAsync("a");
        await Eventually.TrueAsync(() => app.Cache.All.Any(widget => widget.Status.Phase == "done"), "both are written");
        Assert.Equal([200, 200], (await WritesAsync(audit, widgets)).Select(write => write.Code));
        Assert.Equal(1, world.Runs("a"));
    }

    [Fact]
    public async Task Statement_17_adding_and_removing_a_finalizer_never_removes_another()
    {
        using var widgets = await server.NamespaceAsync();
        var audit = server.Audit;
        using var client = new KubernetesClient(
            KubernetesClientConfiguration.Build(server.Kubeconfig), WidgetJsonContext.Default, "tester/1.2.3");
        var writer = new FinalizerWriter<Widget>(client);
        var cancel = TestContext.Current.CancellationToken;

        var stale = await widgets.CreateAsync("a");
        var fresh = await widgets.PatchAsync("a", Metadata("finalizers", new JsonArray("example.com/first")));
        Assert.True(
            (await Assert.ThrowsAsync<KubernetesException>(() => writer.AddAsync(stale, [WidgetWorld.Finalizer], cancel))).IsConflict);
        var ours = await writer.AddAsync(fresh, [WidgetWorld.Finalizer], cancel);
        Assert.Equal(["example.com/first", WidgetWorld.Finalizer], ours!.Metadata.Finalizers!);

        fresh = await widgets.PatchAsync(
            "a", Metadata("finalizers", new JsonArray("example.com/first", WidgetWorld.Finalizer, "example.com/second")));
        Assert.True(
            (await Assert.ThrowsAsync<KubernetesException>(() => writer.RemoveAsync(ours, WidgetWorld.Finalizer, cancel))).IsConflict);
        var left = await writer.RemoveAsync(fresh, WidgetWorld.Finalizer, cancel);
        Assert.Equal(["example.com/first", "example.com/second"], left!.Metadata.Finalizers!);
        Assert.Equal([409, 200, 409, 200], (await WritesAsync(audit, widgets)).Select(write => write.Code));
        await widgets.PatchAsync("a", Metadata("finalizers", null));
    }

    private static JsonObject Metadata(string field, JsonNode? value) => new() { ["metadata"] = new JsonObject { [field] = value } };

    private static async Task<IEnumerable<AuditEntry>> WritesAsync(ServerLog audit, WidgetNamespace widgets) =>
        (await audit.LinesAsync())
            .Select(AuditEntry.Parse)
            .Where(entry => entry.IsWrite && entry.UserAgent == "tester/1.2.3" && entry.Namespace == widgets.Name);
}
