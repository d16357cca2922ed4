using System.Collections.Concurrent;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Watching;
using ImageTagOperator.Sandbox.Kubernetes;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>A cache and the watch that fills it.</summary>
internal sealed class Watching : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly KubernetesClient client;
    private readonly SandboxKubernetes? server;
    private Task run = Task.CompletedTask;

    private Watching(KubernetesClient client, SandboxKubernetes? server, RecordingLogger log)
    {
        (this.client, this.server, Log) = (client, server, log);
        Cache = new(log.For<EntityCache<Widget>>());
        Cache.Subscribe(Changes.Enqueue);
    }

    public RecordingLogger Log { get; }

    public EntityCache<Widget> Cache { get; }

    public ConcurrentQueue<EntityChange<Widget>> Changes { get; } = new();

    public static Watching Start(SandboxKubernetes server, TimeProvider? time = null, Func<double>? random = null)
    {
        var log = new RecordingLogger();
        var configuration = server.Configuration();
        var client = new KubernetesClient(configuration, HttpHandlerFactory.Create(configuration), WidgetJsonContext.Default, "t/1", time,
            random ?? (() => 1), null, log);
        return new Watching(client, server, log).Run(time, random);
    }

    public static Watching Start(HttpMessageHandler handler, TimeProvider time)
    {
        var log = new RecordingLogger();
        var client = new KubernetesClient(
            new() { Server = new Uri("http://stub") }, handler, WidgetJsonContext.Default, "t/1", time, () => 1, null, log);
        return new Watching(client, null, log).Run(time, null);
    }

    public Task OpenAsync() =>
        Eventually.TrueAsync(() => Cache.IsSynced && server!.OpenWatches == 1, "the cache is filled and the watch open");

    public bool Has(WatchEventType type, string name) => Changes.Any(change => change.Type == type && change.Entity.Metadata.Name == name);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await run;
        client.Dispose();
        stop.Dispose();
    }

    private Watching Run(TimeProvider? time, Func<double>? random)
    {
        var watch = new EntityWatch<Widget>(
            client, Cache, null, time ?? TimeProvider.System, random ?? (() => 1), Log.For<EntityWatch<Widget>>());
        run = Task.Run(() => watch.RunAsync(stop.Token));
        return this;
    }
}
