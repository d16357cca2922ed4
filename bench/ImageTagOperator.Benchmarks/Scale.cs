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

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        if (Environment.GetEnvironmentVariable("QUICK") == "1") return await MeasureAsync(200, withLooks: false);
        List<Row> rows = [.. await MeasureAsync(1), .. await MeasureAsync(100), .. await MeasureAsync(1000)];
        if (Environment.GetEnvironmentVariable("LARGE") == "1") rows.AddRange(await MeasureAsync(10_000));
        return rows;
    }

    private static async Task<IReadOnlyList<Row>> MeasureAsync(int count, bool withLooks = true)
    {
        await using var cloud = await EmbeddedCloud.StartAsync();
        await using var process = await OperatorProcess.StartAsync(NoRate, Native);
        var names = await cloud.NamesAsync(count);
        var idle = process.Memory;
        cloud.Calls.Clear();
        process.Calls.Clear();

        var seconds = await TimeAsync(() => process.ConvergeAsync(cloud, names, Tags, "1h"));
        var (puts, reads) = (cloud.Calls.Matching("PUT", "*/tags/*").Count, cloud.Calls.Matching("GET", "*/v2/images*").Count);
        var secrets = process.Calls.Matching("GET", "*/secrets/*").Count;
        var (events, writes) = (process.Calls.Matching("POST", "*/events").Count, process.Calls.Writes.Count);
        await Task.Delay(TimeSpan.FromSeconds(3), TimeProvider.System);
        var (peak, inOrder) = (process.PeakMemory, process.Memory);

        var latencies = await DriftAsync(cloud);
        Row[] looks = withLooks ? await IdleAsync(process, cloud, names, $"{count:#,0} sets x 5 tags") : [];
        var (needed, allowed) = (count * Tags.Length, 1 + Math.Floor(seconds / 5));
        var what = $"{count:#,0} sets x 5 tags";
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
            .. looks,
            Drift("median", 0.5),
            Drift("95th percentile", 0.95),
            Drift("longest", 1),
        ];

        Row Drift(string name, double part)
        {
            var latency = latencies[(int)Math.Ceiling(part * latencies.Length) - 1];
            return new($"{what}: drift is corrected, {name}", latency, "s", "--drift-probe", latency / 15);
        }
    }

    /// <summary>Removes a tag at times spread over a probe's period. In seconds, sorted.</summary>
    private static async Task<double[]> DriftAsync(EmbeddedCloud cloud)
    {
        var drifts = Math.Min(Drifts, cloud.Images.Count);
        var latencies = await Task.WhenAll(Enumerable.Range(0, drifts).Select(async number =>
        {
            await Task.Delay(TimeSpan.FromSeconds(15.0 * number / drifts), TimeProvider.System);
            var image = cloud.Images[number * cloud.Images.Count / drifts];
            image.SetTags(image.Tags.Skip(1));
            image.UpdatedAt = TimeProvider.System.GetUtcNow();
            return await TimeAsync(() => UntilAsync(() => image.Tags.Count == Tags.Length, "the tag was added again"));
        }));
        return [.. latencies.Order()];
    }

    /// <summary>Two intervals in which there is nothing to do.</summary>
    private static async Task<Row[]> IdleAsync(OperatorProcess process, EmbeddedCloud cloud, IReadOnlyList<string> names, string what)
    {
        var interval = TimeSpan.FromSeconds(names.Count > 1000 ? 60 : 20);
        await process.ConvergeAsync(cloud, names, Tags, interval.TotalSeconds.ToString(CultureInfo.InvariantCulture) + "s");
        await Task.Delay(interval, TimeProvider.System);
        cloud.Calls.Clear();
        var before = process.ProcessorTime;
        await Task.Delay(2 * interval, TimeProvider.System);
        var look = (process.ProcessorTime - before).TotalMilliseconds / (2 * names.Count);
        return
        [
            new($"{what}: processor time of a look that finds nothing", look, "ms"),
            new($"{what}: requests to the cloud in an interval", cloud.Calls.Matching("*", "*/v2/images*").Count / 2.0, "requests"),
        ];
    }
}
