using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Crds;
using ImageTagOperator.Kubernetes.Watching;
using ImageTagOperator.Sandbox.Kubernetes;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageTagOperator.Benchmarks;

/// <summary>A watch whose connection is closed 11,000 times: the growth of the heap after the first 1,000, which fill pools and
/// caches.</summary>
internal sealed class WatchReconnects : Benchmark
{
    private const int First = 1_000;
    private const int Then = 10_000;

    /// <summary>Concurrent watches: a reconnect consists mostly of waiting.</summary>
    private const int Parallel = 20;

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        await using var kubernetes = await SandboxKubernetes.StartAsync();
        kubernetes.Apply(CustomResourceDefinition.Generate<BenchmarkSet>(BenchmarkSet.Json));
        var configuration = new KubernetesClientConfiguration { Server = new Uri(kubernetes.Url) };
        using var connections = new CountingHandler(HttpHandlerFactory.Create(configuration));
        using var client = new KubernetesClient(configuration, connections, BenchmarkSetJson.Default, "benchmark/1");
        using var stop = new CancellationTokenSource();
        var watches = Enumerable.Range(0, Parallel).Select(_ => WatchAsync(client, stop.Token)).ToList();

        var clock = System.Diagnostics.Stopwatch.StartNew();
        await CutAsync(kubernetes, connections, First);
        var before = Heap();
        await CutAsync(kubernetes, connections, Then);
        var after = Heap();
        Console.WriteLine(
            $"  {before:#,0} bytes after {First:#,0} reconnects, {after:#,0} after {First + Then:#,0}, in "
            + $"{clock.Elapsed.TotalSeconds:0.0} s");
        await stop.CancelAsync();
        await Task.WhenAll(watches);
        return [new("heap grown per reconnect, over 10,000 reconnects", (double)(after - before) / Then, "bytes",
            "the heap after the first 1,000", (double)after / before)];
    }

    // Without jitter there is no pause between two connections.
    private static Task WatchAsync(KubernetesClient client, CancellationToken cancellationToken) => Task.Run(
        () => new EntityWatch<BenchmarkSet>(
            client,
            new EntityCache<BenchmarkSet>(NullLogger<EntityCache<BenchmarkSet>>.Instance),
            null,
            TimeProvider.System,
            () => 0,
            NullLogger<EntityWatch<BenchmarkSet>>.Instance).RunAsync(cancellationToken),
        CancellationToken.None);

    private static async Task CutAsync(SandboxKubernetes kubernetes, CountingHandler connections, int times)
    {
        var goal = connections.Watches + times;
        while (connections.Watches < goal)
        {
            kubernetes.DropWatches();
            kubernetes.Calls.Clear();
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        await UntilAsync(() => kubernetes.OpenWatches == Parallel, "all watches are open");
        kubernetes.Calls.Clear();
    }

    private sealed class CountingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private int watches;

        public int Watches => Volatile.Read(ref watches);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.RequestUri!.Query.Contains("watch=true", StringComparison.Ordinal)) Interlocked.Increment(ref watches);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
