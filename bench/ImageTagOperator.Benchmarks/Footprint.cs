using ImageTagOperator.Benchmarks.Clouds;
using ImageTagOperator.Benchmarks.Tools;

namespace ImageTagOperator.Benchmarks;

/// <summary>What the published file takes: time to start, and memory, with the heap that the chart's memory limit gives it.</summary>
internal sealed class Footprint : Benchmark
{
    private const string Published = "artifacts/publish/image-tag-operator";
    private const string Image = "artifacts/image/image-tag-operator.tar";
    private const int Runs = 5;
    private const int Images = 1000;
    private const int NoRate = 1_000_000;
    private const double Megabyte = 1_000_000;

    private static readonly string[] Tags = ["golden", "lts", "cis-2026.1", "kernel-6.12", "stable"];

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        var (ours, built) = (new List<(double Seconds, double Idle)>(), new List<(double Seconds, double Idle)>());
        for (var i = 0; i <= Runs; i++)
        {
            ours.Add(await StartAsync(Published));
            built.Add(await StartAsync(OperatorProcess.Built));
        }

        var peak = await WorkAsync();
        var (seconds, idle) = (Of(ours, run => run.Seconds), Of(ours, run => run.Idle));
        const string Unpublished = "the same program, neither trimmed nor compiled ahead";
        return
        [
            new("size of the image", new FileInfo(Image).Length / Megabyte, "MB", "the program in it", (double)new FileInfo(Image).Length / new FileInfo(Published).Length),
            new("from start to watching", seconds, "s", Unpublished, seconds / Of(built, run => run.Seconds)),
            new("memory with nothing to do", idle, "MB", Unpublished, idle / Of(built, run => run.Idle)),
            new($"most memory, {Images:#,0} images x 5 tags", peak, "MB", "with nothing to do", peak / idle),
        ];

        static double Of(IEnumerable<(double Seconds, double Idle)> runs, Func<(double Seconds, double Idle), double> value) => Median(runs.Skip(1).Select(value));
    }

    private static async Task<(double Seconds, double Idle)> StartAsync(string executable)
    {
        OperatorProcess? process = null;
        var seconds = await TimeAsync(async () => process = await OperatorProcess.StartAsync(NoRate, executable));
        await using (process!)
        {
            await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
            return (seconds, process!.Memory / Megabyte);
        }
    }

    private static async Task<double> WorkAsync()
    {
        await using var cloud = await EmbeddedCloud.StartAsync();
        await using var process = await OperatorProcess.StartAsync(NoRate, Published);
        var images = await cloud.ImagesAsync(Images);
        await process.ConvergeAsync(cloud, images, Tags, "1h");
        await process.ConvergeAsync(cloud, images, Tags, "2h");
        return process.PeakMemory / Megabyte;
    }
}
