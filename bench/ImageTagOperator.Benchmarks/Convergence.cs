using ImageTagOperator.Benchmarks.Clouds;
using ImageTagOperator.Benchmarks.Tools;

namespace ImageTagOperator.Benchmarks;

/// <summary>From N images without tags to five tags on each, with one set per image, and then a pass with nothing to do. Compared with
/// other clients that do the same. The operator's rate limit is off, because the others have none.</summary>
internal sealed class Convergence : Benchmark
{
    /// <summary>When set to anything, 1,000 images on a real Glance are measured too, which takes some more minutes.</summary>
    private const string Large = "LARGE";

    private const int DefaultRate = 50;
    private const int NoRate = 1_000_000;
    private const int Commands = 3;

    private static bool IsLarge => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Large));

    private static readonly string[] Tags = ["golden", "lts", "cis-2026.1", "kernel-6.12", "stable"];

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        await using var ours = await OperatorProcess.StartAsync(NoRate);
        await ours.WarmUpAsync(Tags);
        await using var sandbox = await EmbeddedCloud.StartAsync();
        var rows = new List<Row>(
            await MeasureAsync(sandbox, ours, (10, 3, 10), (100, 3, 100), (1000, 1, 1000))) { await MeasureRateLimitAsync(sandbox, 100) };
        await using var glance = await RealCloud.CreateAsync();
        rows.AddRange(await MeasureAsync(
            glance, ours, [(10, 3, 10), (100, 1, 100), .. IsLarge ? [(1000, 1, 200)] : Array.Empty<(int, int, int)>()]));
        return rows;
    }

    /// <param name="sizes">Compared: how many of the images the other clients tag, because Glance takes as long for each of many
    /// images.</param>
    private static async Task<IReadOnlyList<Row>> MeasureAsync(
        BenchmarkCloud cloud, OperatorProcess ours, params (int Images, int Runs, int Compared)[] sizes)
    {
        using var python = new PythonTools(cloud);
        var (command, commandRequests) = await MeasureCommandAsync(cloud, python);
        var rows = new List<Row>();
        var tagged = Commands;
        foreach (var (count, runs, compared) in sizes)
        {
            // Alternate the clients, so that a busy minute of the machine affects all of them.
            var measured = new List<Measured>();
            for (var i = 0; i < runs; i++)
            {
                measured.Add(await MeasureOnceAsync(cloud, ours, python, (count, compared, tagged)));
                tagged = count + 1;
            }

            var extrapolated = compared < count ? $", extrapolated from {compared}" : "";
            var (what, converge, check) = ($"{count:#,0} images x 5 tags, {cloud.Name}", Of(run => run.Converge), Of(run => run.Check));
            var requests = measured[^1].ConvergeRequests;
            var commands = $"`openstack image set --tag`, a call per image, extrapolated from {Commands}";
            rows.AddRange(
            [
                new($"converge {what}", converge, "s", $"a bare client that sends the PUTs, 8 at a time{extrapolated}",
                    converge / Of(run => run.Bare)),
                new($"converge {what}", converge, "s", $"openstacksdk in 8 threads{extrapolated}", converge / Of(run => run.Sdk)),
                new($"converge {what}", converge, "s", commands, converge / (command * count)),
                new($"requests to converge {what}", requests, "requests", "the PUTs needed", (double)requests / (count * Tags.Length)),
                new($"requests to converge {what}", requests, "requests", commands, requests / (commandRequests * count)),
                new($"find nothing to do, {what}", check, "s", $"a bare client that reads each image, 8 at a time{extrapolated}",
                    check / Of(run => run.BareCheck)),
                new($"requests to find nothing to do, {what}", measured[^1].CheckRequests, "requests", "one per image",
                    (double)measured[^1].CheckRequests / count),
            ]);

            double Of(Func<Measured, double> seconds) => Median(measured.Select(seconds));
        }

        return rows;
    }

    /// <param name="run">Tagged: how many have tags of an earlier run.</param>
    private static async Task<Measured> MeasureOnceAsync(
        BenchmarkCloud cloud, OperatorProcess ours, PythonTools python, (int Count, int Compared, int Tagged) run)
    {
        var (count, part) = (run.Count, (double)run.Compared / run.Count);
        var all = await cloud.ImagesAsync(count + 1);
        var (warmUp, images) = (all[0], all.Skip(1).ToArray());
        var (compared, sample) = (images[..run.Compared], all.Take(run.Compared + 1).ToArray());

        // A new client for each run, like the operator's: which of Glance's processes accepts the connections is random, and changes the
        // result by up to a half.
        using var bare = await BareClient.LoginAsync(cloud.CloudsYaml, BenchmarkCloud.CloudName);
        await cloud.ClearTagsAsync(run.Tagged);
        await bare.TagAsync([warmUp], Tags);
        var bareSeconds = await TimeAsync(() => bare.TagAsync(compared, Tags)) / part;
        var bareCheck = await TimeAsync(() => bare.CheckAsync(compared, Tags)) / part;

        await cloud.ClearTagsAsync(sample.Length);
        var sdk = await python.SdkAsync(sample, Tags) / part;
        if (!await bare.CheckAsync(sample, Tags)) throw new InvalidOperationException("openstacksdk did not add all tags");

        await cloud.ClearTagsAsync(sample.Length);
        await ours.ConvergeAsync(cloud, [warmUp], Tags, "1h");
        var (converge, check) = (0.0, 0.0);
        var processor = ours.ProcessorTime;
        var convergeRequests = await cloud.CountRequestsAsync(async () =>
            converge = await TimeAsync(() => ours.ConvergeAsync(cloud, images, Tags, "1h")));
        processor = ours.ProcessorTime - processor;
        if (!await bare.CheckAsync(all, Tags)) throw new InvalidOperationException("sets were Ready while tags were missing");
        var checkRequests = await cloud.CountRequestsAsync(async () =>
            check = await TimeAsync(() => ours.ConvergeAsync(cloud, images, Tags, "2h")));
        await ours.ForgetAsync();
        Console.WriteLine(
            $"  {count:#,0} images, {cloud.Name}: operator {converge:0.00} s ({processor.TotalSeconds:0.00} s of processor time), "
            + $"bare {bareSeconds:0.00} s, openstacksdk {sdk:0.00} s");
        return new(converge, convergeRequests, check, checkRequests, bareSeconds, bareCheck, sdk);
    }

    /// <summary>Seconds and requests per image. Each call takes seconds, so it does not run for all images.</summary>
    private static async Task<(double Seconds, double Requests)> MeasureCommandAsync(BenchmarkCloud cloud, PythonTools python)
    {
        var seconds = new List<double>();
        var images = await cloud.ImagesAsync(Commands);
        await python.CommandAsync(images[0], Tags);     // a warm-up that reads Python's files from the disk
        var requests = await cloud.CountRequestsAsync(async () =>
        {
            foreach (var image in images) seconds.Add(await TimeAsync(() => python.CommandAsync(image, Tags)));
        });
        return (Median(seconds), (double)requests / Commands);
    }

    private static async Task<Row> MeasureRateLimitAsync(BenchmarkCloud cloud, int count)
    {
        var all = await cloud.ImagesAsync(count + 1);
        await cloud.ClearTagsAsync(all.Count);
        await using var ours = await OperatorProcess.StartAsync(DefaultRate);
        var seconds = 0.0;
        var requests = await cloud.CountRequestsAsync(async () =>
            seconds = await TimeAsync(() => ours.ConvergeAsync(cloud, [.. all.Skip(1)], Tags, "1h")));
        // The bucket is full at the start.
        var least = (double)Math.Max(1, requests - DefaultRate) / DefaultRate;
        var name = $"converge {count} images x 5 tags, {cloud.Name}, default --cloud-rate";
        return new(name, seconds, "s", "what so many requests take at 50 a second", seconds / least);
    }

    private sealed record Measured(
        double Converge, int ConvergeRequests, double Check, int CheckRequests, double Bare, double BareCheck, double Sdk);
}
