using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Watching;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageTagOperator.Benchmarks;

/// <summary>The heap memory of an object in the cache, compared with its length as JSON.</summary>
internal sealed class CacheMemory : Benchmark
{
    private const int Objects = 10_000;

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        var api = new RecordedApi([.. Enumerable.Range(0, Objects).Select(number => BenchmarkSet.Sample(number, "default"))]);
        using var client = api.Client();
        await WarmUpAsync(client);
        var before = Heap();
        var cache = await FillAsync(client);
        var bytes = (double)(Heap() - before) / Objects;
        GC.KeepAlive(cache);
        GC.KeepAlive(api);
        return [new("memory per cached object", bytes, "bytes", "its length as JSON", bytes * Objects / api.ListBytes)];
    }

    /// <summary>A warm-up for the pools, which keep their memory. In its own method, so that no local variable keeps an object
    /// alive.</summary>
    private static async Task WarmUpAsync(KubernetesClient client) => await FillAsync(client);

    private static async Task<EntityCache<BenchmarkSet>> FillAsync(KubernetesClient client)
    {
        var cache = new EntityCache<BenchmarkSet>(NullLogger<EntityCache<BenchmarkSet>>.Instance);
        cache.Replace(null, await client.ListAsync<BenchmarkSet>(null, null, CancellationToken.None));
        return cache;
    }
}
