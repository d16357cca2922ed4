using System.Diagnostics;
using ImageTagOperator.Benchmarks.Simulation;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Benchmarks;

/// <summary>What sets and images cost as they become more, simulated: the real reconciler between a cloud and an API server in memory,
/// without sockets. Seconds are those that the requests take at the default <c>--cloud-rate</c>.</summary>
internal sealed class Growth : Benchmark
{
    private const double Rate = 50;
    private const double Kilobyte = 1000;

    private static readonly string[] Tags = ["golden", "lts", "cis-2026.1", "kernel-6.12", "stable"];
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        await ByNameAsync(100);     // compiles the code
        var large = Environment.GetEnvironmentVariable("LARGE") == "1";
        int[] sizes = [100, 1000, 10_000, .. large ? (int[])[100_000] : []];
        List<Row> rows = [];
        foreach (var count in sizes) rows.AddRange(await ByNameAsync(count));
        foreach (var count in (int[])[100, 1000, .. large ? (int[])[4000] : []]) rows.AddRange(await BySelectorAsync(count));
        foreach (var count in sizes) rows.AddRange(await OneSetAsync(count));
        return rows;
    }

    /// <summary>As many sets as images, each selecting one by name.</summary>
    private static Task<IReadOnlyList<Row>> ByNameAsync(int count) => ConvergeAsync(
        $"simulated, {count:#,0} sets and images", count, image => new ImageReference { Name = SimulatedCloud.NameOf(image) });

    /// <summary>As many sets as images, each selecting one by a glob. Each set is compared with each image, and each image with the
    /// globs of all sets.</summary>
    private static Task<IReadOnlyList<Row>> BySelectorAsync(int count) => ConvergeAsync(
        $"simulated, {count:#,0} sets with a selector",
        count,
        image => new ImageReference { Selector = new ImageSelector { Names = [SimulatedCloud.NameOf(image) + "*"] } });

    private static async Task<IReadOnlyList<Row>> ConvergeAsync(string what, int count, Func<int, ImageReference> reference)
    {
        var cloud = new SimulatedCloud(count);
        var cluster = new SimulatedCluster();
        await using var simulated = new SimulatedOperator(cluster, cloud);
        var servers = Heap();
        string[] names = [.. Enumerable.Range(0, count).Select(SimulatedCloud.NameOf)];
        for (var i = 0; i < count; i++) cluster.Add(names[i], Spec(reference(i)));
        var processor = Process.GetCurrentProcess().TotalProcessorTime;
        await simulated.ReconcileAsync(names);
        for (var i = 0; i < count; i++)
        {
            if (cloud.TagsOn(i) != Tags.Length) throw new InvalidOperationException($"{names[i]} has {cloud.TagsOn(i)} tags");
        }

        var first = (Processor: ProcessorSince(processor), cloud.Puts, cloud.Reads, cloud.Bytes, cluster.StatusWrites);
        var heap = Heap() - servers;
        // The interval after next is the first that nothing of the start remains of.
        simulated.Pass(Interval);
        await simulated.ReconcileAsync(names);
        cloud.ResetCounts();
        cluster.ResetCounts();
        simulated.Pass(Interval);
        processor = Process.GetCurrentProcess().TotalProcessorTime;
        await simulated.ReconcileAsync(names);
        return
        [
            new($"{what}: requests to converge", first.Puts + first.Reads, "requests", "the PUTs needed",
                (double)(first.Puts + first.Reads) / (count * Tags.Length)),
            new($"{what}: bytes to converge", first.Bytes / Kilobyte / count, "kB per set"),
            new($"{what}: status writes to converge", (double)first.StatusWrites / count, "per set"),
            new($"{what}: time to converge at the default --cloud-rate", (first.Puts + first.Reads) / Rate, "s"),
            new($"{what}: processor time to converge", first.Processor / count, "ms per set"),
            // Of fewer sets the heap shows mostly the noise.
            .. count < 1000 ? (Row[])[]
                : [new($"{what}: heap of the operator and its cache", (double)heap / count / Kilobyte, "kB per set")],
            new($"{what}: requests in an interval", cloud.Reads + cloud.Puts, "requests"),
            new($"{what}: bytes in an interval", cloud.Bytes / Kilobyte, "kB"),
            new($"{what}: reads of the Secret in an interval", cluster.SecretReads, "requests"),
            new($"{what}: status writes in an interval", cluster.StatusWrites, "requests"),
            new($"{what}: processor time in an interval", ProcessorSince(processor) / count, "ms per set"),
        ];
    }

    /// <summary>One set in a cloud of many images.</summary>
    private static async Task<IReadOnlyList<Row>> OneSetAsync(int count)
    {
        List<Row> rows = [];
        foreach (var (how, most, reference) in new (string, int, ImageReference)[]
        {
            // A list of more images than CloudLimits.MaxImages is refused.
            ("by id", int.MaxValue, new() { Id = SimulatedCloud.IdOf(7) }),
            ("by name", int.MaxValue, new() { Name = SimulatedCloud.NameOf(7) }),
            ("by a selector with a glob", new CloudLimits().MaxImages,
                new() { Selector = new ImageSelector { Names = ["image-000007*"] } }),
        })
        {
            if (count > most) continue;
            var cloud = new SimulatedCloud(count);
            var cluster = new SimulatedCluster();
            await using var simulated = new SimulatedOperator(cluster, cloud);
            cluster.Add("one", Spec(reference));
            await simulated.ReconcileAsync(["one"]);
            if (cloud.TagsOn(7) != Tags.Length) throw new InvalidOperationException($"{how}: {cloud.TagsOn(7)} tags");
            var (requests, bytes) = (cloud.Reads + cloud.Puts, cloud.Bytes);
            simulated.Pass(Interval);
            await simulated.ReconcileAsync(["one"]);
            cloud.ResetCounts();
            simulated.Pass(Interval);
            await simulated.ReconcileAsync(["one"]);
            var what = $"simulated, one set {how} in a cloud of {count:#,0} images";
            rows.AddRange(
            [
                new($"{what}: requests to converge", requests, "requests", "the PUTs needed", (double)requests / Tags.Length),
                new($"{what}: bytes to converge", bytes / Kilobyte, "kB"),
                new($"{what}: requests in an interval", cloud.Reads, "requests"),
                new($"{what}: bytes in an interval", cloud.Bytes / Kilobyte, "kB"),
            ]);
        }

        return rows;
    }

    private static double ProcessorSince(TimeSpan before) =>
        (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMilliseconds;

    private static ImageTagSetSpec Spec(ImageReference reference) => new()
    {
        CloudCredentialsRef = new() { SecretName = "openstack-clouds", CloudName = "demo" },
        Image = reference,
        Tags = Tags,
        Interval = "10m",
    };
}
