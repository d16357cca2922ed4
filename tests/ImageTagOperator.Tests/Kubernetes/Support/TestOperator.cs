using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>A complete operator for widgets, for any API server.</summary>
internal sealed class TestOperator : IAsyncDisposable
{
    private readonly IHost host;
    private bool stopped;

    private TestOperator(IHost host, WidgetWorld world, RecordingLogger log)
    {
        this.host = host;
        World = world;
        Log = log;
    }

    public WidgetWorld World { get; }

    public RecordingLogger Log { get; }

    public IServiceProvider Services => host.Services;

    public OperatorState State => Services.GetRequiredService<OperatorState>();

    public IKubernetesClient Client => Services.GetRequiredService<IKubernetesClient>();

    public IEntityCache<Widget> Cache => Services.GetRequiredService<IEntityCache<Widget>>();

    public IEntityQueue<Widget> Queue => Services.GetRequiredService<IEntityQueue<Widget>>();

    public bool IsStopping => Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    public static async Task<TestOperator> StartAsync(
        KubernetesClientConfiguration configuration, WidgetWorld? world, TimeProvider? time, Action<OperatorSettings>? configure,
            bool finalizer, double random = 1)
    {
        world ??= new();
        var log = new RecordingLogger();
        var host = new HostBuilder().ConfigureServices(services =>
        {
            services.AddSingleton(world);
            services.AddSingleton(configuration);
            services.AddSingleton<IJsonTypeInfoResolver>(WidgetJsonContext.Default);
            services.AddSingleton<ILoggerFactory>(log);
            services.AddSingleton(() => random);
            if (time is not null) services.AddSingleton(time);
            var builder = services.AddKubernetesOperator(settings =>
            {
                settings.Name = "tester";
                settings.Version = "1.2.3";
                settings.ReconcileRequestAnnotation = "test.example.com/requested-at";
                configure?.Invoke(settings);
            }).AddController<WidgetController, Widget>();
            if (finalizer) builder.AddFinalizer<WidgetFinalizer, Widget>(WidgetWorld.Finalizer);
        }).Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new TestOperator(host, world, log);
    }

    public async Task<TestOperator> ReadyAsync()
    {
        await Eventually.TrueAsync(() => State.IsReady && State.IsLeader, "the operator is ready and leads");
        return this;
    }

    public async Task StopAsync()
    {
        stopped = true;
        await host.StopAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!stopped) await StopAsync();
        host.Dispose();
    }
}
