using System.Text.Json;
using ImageTagOperator.Kubernetes.Configuration;

namespace ImageTagOperator.Benchmarks;

/// <summary>The time from the start of an operator until 10,000 objects of a real kube-apiserver are in its cache. Compared with a bare
/// client that sends the same requests and parses the responses.</summary>
internal sealed class SyncTime : Benchmark
{
    private const int Objects = 10_000;
    private const int Writers = 24;
    private const int Runs = 5;

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        var configuration = KubernetesClientConfiguration.Build(await Servers.UpAsync("kubernetes", "KUBECONFIG"));
        await using var place = await BenchmarkNamespace.CreateAsync(configuration);
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Objects),
            new ParallelOptions { MaxDegreeOfParallelism = Writers },
            async (number, cancellationToken) => await place.Client.CreateAsync(ToWrite(number, place.Name), cancellationToken));
        Console.WriteLine($"  {Objects:#,0} objects written in {clock.Elapsed.TotalSeconds:0.0} s");

        // A list from the server's watch cache may miss the latest writes.
        await UntilAsync(async () => await CountAsync(place) == Objects, "the server lists all objects");

        // Alternate the clients, so that a busy minute of the machine affects both.
        var bare = new List<double>();
        var ours = new List<double>();
        for (var i = 0; i <= Runs; i++)
        {
            bare.Add(await TimeAsync(() => CountAsync(place)));
            BenchmarkOperator? under = null;
            ours.Add(await TimeAsync(async () => under = await BenchmarkOperator.StartAsync(configuration, place.Name)));
            await under!.DisposeAsync();
        }

        var (seconds, compared) = (Median(ours.Skip(1)), Median(bare.Skip(1)));
        return [new("from start to synced, 10,000 objects of a real kube-apiserver", seconds, "s",
            "a bare client that lists and parses the same", seconds / compared)];
    }

    private static BenchmarkSet ToWrite(int number, string inNamespace)
    {
        var set = BenchmarkSet.Sample(number, inNamespace);
        set.Metadata.Uid = null;
        set.Metadata.ResourceVersion = null;
        set.Metadata.Generation = null;
        return set;
    }

    private static async Task<int> CountAsync(BenchmarkNamespace place)
    {
        using var http = await place.HttpAsync();
        var found = 0;
        for (var next = "&resourceVersion=0"; ;)
        {
            using var page = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri(place.Sets + "?limit=500" + next)));
            found += page.RootElement.GetProperty("items").GetArrayLength();
            var token = page.RootElement.GetProperty("metadata").TryGetProperty("continue", out var value) ? value.GetString() : null;
            if (string.IsNullOrEmpty(token)) return found;
            next = "&continue=" + Uri.EscapeDataString(token);
        }
    }
}
