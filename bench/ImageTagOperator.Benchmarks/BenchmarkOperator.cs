using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Hosting;
using ImageTagOperator.Kubernetes.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ImageTagOperator.Benchmarks;

/// <summary>A complete operator for benchmark sets, with a controller that only counts.</summary>
internal sealed class BenchmarkOperator : IAsyncDisposable
{
    private readonly IHost host;

    private BenchmarkOperator(IHost host) => this.host = host;

    public Counter Reconciled => host.Services.GetRequiredService<Counter>();

    /// <param name="client">Null: a new client.</param>
    /// <returns>After the first list is in the cache.</returns>
    public static async Task<BenchmarkOperator> StartAsync(
        KubernetesClientConfiguration configuration, string? inNamespace, IKubernetesClient? client = null)
    {
        var host = new HostBuilder().ConfigureServices(services =>
        {
            services.AddSingleton(configuration);
            services.AddSingleton<Counter>();
            services.AddSingleton<IJsonTypeInfoResolver>(BenchmarkSetJson.Default);
            if (client is not null) services.AddSingleton(client);
            services.AddKubernetesOperator(settings =>
            {
                settings.Name = "benchmark";
                if (inNamespace is not null) settings.Namespaces = [inNamespace];
            }).AddController<Controller, BenchmarkSet>();
        }).Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<EntityCache<BenchmarkSet>>().WhenSyncedAsync(CancellationToken.None);
        return new(host);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    /// <summary>The number of reconciled objects.</summary>
    internal sealed class Counter
    {
        private int count;
        private int goal = int.MaxValue;
        private TaskCompletionSource reached = new();

        /// <summary>Completes after that many more reconciles. Call it before they can start.</summary>
        public Task MoreAsync(int objects)
        {
            reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
            goal = Volatile.Read(ref count) + objects;
            return reached.Task;
        }

        public int Count => Volatile.Read(ref count);

        public void Add()
        {
            if (Interlocked.Increment(ref count) == goal) reached.TrySetResult();
        }
    }

    private sealed class Controller(Counter counter) : IEntityController<BenchmarkSet>
    {
        public Task<ReconciliationResult<BenchmarkSet>> ReconcileAsync(BenchmarkSet entity, CancellationToken cancellationToken)
        {
            counter.Add();
            return Task.FromResult(ReconciliationResult<BenchmarkSet>.Success(entity));
        }

        public Task<ReconciliationResult<BenchmarkSet>> DeletedAsync(BenchmarkSet entity, CancellationToken cancellationToken) =>
            Task.FromResult(ReconciliationResult<BenchmarkSet>.Success(entity));
    }
}
