using System.Globalization;
using ImageTagOperator.Benchmarks.Clouds;
using ImageTagOperator.Benchmarks.Tools;

namespace ImageTagOperator.Benchmarks;

/// <summary>The cost of a set when there are many: the published file with the chart's memory limit and default options, but no rate limit,
/// on a cloud that responds at once. One set per image, selected by name.</summary>
internal sealed class Scale : Benchmark
{
    private const string Native = "artifacts/publish/image-tag-operator";
    private const int NoRate = 1_000_000;
    private const int Drifts = 40;
    private const double Megabyte = 1_000_000;

    private static readonly string[] Tags = ["golden", "lts", "cis-2026.1", "kernel-6.12", "stable"];

    public override Task<IReadOnlyList<Row>> MeasureAsync()
    {
        if (Environment.GetEnvironmentVariable("QUICK") == "1") return MeasureAsync([200], withLooks: false);
        return MeasureAsync([1, 100, 1000, .. Environment.GetEnvironmentVariable("LARGE") == "1" ? (int[])[10_000] : []]);
    }

    /// <summary>The sizes converge one after another, because that takes all processors. The rest is mostly waiting, which they do at the
    /// same time: each has its own process and servers.</summary>
    private static async Task<IReadOnlyList<Row>> MeasureAsync(int[] counts, bool withLooks = true)
    {
        List<Size> sizes = [];
        try
        {
            foreach (var count in counts) sizes.Add(await Size.StartAsync(count));
            List<List<Row>> rows = [];
            foreach (var size in sizes) rows.Add([.. await size.ConvergeAsync()]);
            var drifts = await Task.WhenAll(sizes.Select(size => size.DriftAsync()));
            if (withLooks)
            {
                foreach (var size in sizes) await size.ShortenIntervalAsync();
                var looks = await Task.WhenAll(sizes.Select(size => size.LookAsync()));
                foreach (var (all, some) in rows.Zip(looks)) all.AddRange(some);
            }

            return [.. rows.Zip(drifts).SelectMany(one => (Row[])[.. one.First, .. one.Second])];
        }
        finally
        {
            foreach (var size in sizes) await size.DisposeAsync();
        }
    }

    /// <summary>That many sets, with a process and servers of their own.</summary>
    private sealed class Size(int count, EmbeddedCloud cloud, OperatorProcess process, IReadOnlyList<string> names) : IAsyncDisposable
    {
        private readonly string what = $"{count:#,0} sets x 5 tags";
        private readonly TimeSpan interval = TimeSpan.FromSeconds(count > 1000 ? 60 : 20);

        public static async Task<Size> StartAsync(int count)
        {
            var cloud = await EmbeddedCloud.StartAsync();
            return new(count, cloud, await OperatorProcess.StartAsync(NoRate, Native), await cloud.NamesAsync(count));
        }

        public async Task<IReadOnlyList<Row>> ConvergeAsync()
        {
            var idle = process.Memory;
            cloud.Calls.Clear();
            process.Calls.Clear();
            var seconds = await TimeAsync(() => process.ConvergeAsync(cloud, names, Tags, "1h"));
            var (puts, reads) = (cloud.Calls.Matching("PUT", "*/tags/*").Count, cloud.Calls.Matching("GET", "*/v2/images*").Count);
            var secrets = process.Calls.Matching("GET", "*/secrets/*").Count;
            var (events, writes) = (process.Calls.Matching("POST", "*/events").Count, process.Calls.Writes.Count);
            await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
            var (peak, inOrder) = (process.PeakMemory, process.Memory);
            var (needed, allowed) = (count * Tags.Length, 1 + Math.Floor(seconds / 5));
            return
            [
                new($"{what}: time until all tags are on", seconds, "s"),
                new($"{what}: requests to the cloud", puts + reads, "requests", "the PUTs needed", (double)(puts + reads) / needed),
                new($"{what}: lists and reads", reads, "requests", "one for 200 names", reads / Math.Ceiling(count / 200.0)),
                new($"{what}: reads of their Secret", secrets, "requests", "one at the start and one every 5 s", secrets / allowed),
                new($"{what}: writes to the Kubernetes API without Events", (double)(writes - events) / count, "per set"),
                new($"{what}: Events", (double)events / count, "per set"),
                new($"{what}: most memory", peak / Megabyte, "MB"),
                new($"{what}: memory in order", inOrder / Megabyte, "MB"),
                new($"{what}: memory of a set", (double)(inOrder - idle) / count, "bytes"),
            ];
        }

        /// <summary>Removes a tag at times spread over a probe's period.</summary>
        public async Task<IReadOnlyList<Row>> DriftAsync()
        {
            var drifts = Math.Min(Drifts, count);
            var latencies = await Task.WhenAll(Enumerable.Range(0, drifts).Select(async number =>
            {
                await Task.Delay(TimeSpan.FromSeconds(15.0 * number / drifts), TimeProvider.System);
                var image = cloud.Images[number * count / drifts];
                image.SetTags(image.Tags.Skip(1));
                image.UpdatedAt = TimeProvider.System.GetUtcNow();
                return await TimeAsync(() => UntilAsync(() => image.Tags.Count == Tags.Length, "the tag was added again"));
            }));
            Array.Sort(latencies);
            return [Drift("median", 0.5), Drift("95th percentile", 0.95), Drift("longest", 1)];

            Row Drift(string name, double part)
            {
                var latency = latencies[(int)Math.Ceiling(part * drifts) - 1];
                return new($"{what}: drift is corrected, {name}", latency, "s", "--drift-probe", latency / 15);
            }
        }

        public Task ShortenIntervalAsync() =>
            process.ConvergeAsync(cloud, names, Tags, interval.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s");

        /// <summary>Two intervals in which there is nothing to do. In the one before, the sets looked once with their new status.</summary>
        public async Task<IReadOnlyList<Row>> LookAsync()
        {
            await Task.Delay(2 * interval, TimeProvider.System);
            cloud.Calls.Clear();
            var before = process.ProcessorTime;
            await Task.Delay(2 * interval, TimeProvider.System);
            var look = (process.ProcessorTime - before).TotalMilliseconds / (2 * count);
            return
            [
                new($"{what}: processor time of a look that finds nothing", look, "ms"),
                new($"{what}: requests to the cloud in an interval", cloud.Calls.Matching("*", "*/v2/images*").Count / 2.0, "requests"),
            ];
        }

        public async ValueTask DisposeAsync()
        {
            await process.DisposeAsync();
            await cloud.DisposeAsync();
        }
    }
}
