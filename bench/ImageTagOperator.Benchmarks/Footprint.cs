using System.Diagnostics;
using System.IO.Compression;
using ImageTagOperator.Benchmarks.Clouds;
using ImageTagOperator.Benchmarks.Tools;

namespace ImageTagOperator.Benchmarks;

/// <summary>The footprint of the published file, compared in alternating runs with the same program trimmed and self-contained: size,
/// startup time, and memory with the heap limit that the chart's memory limit implies.</summary>
internal sealed class Footprint : Benchmark
{
    private const string Native = "artifacts/publish/image-tag-operator";
    private const string Trimmed = "artifacts/trimmed/image-tag-operator";
    private const string Image = "artifacts/image/image-tag-operator.tar";
    private const int Runs = 9;
    private const int Images = 1000;
    private const int NoRate = 1_000_000;
    private const double Megabyte = 1_000_000;

    private static readonly string[] Tags = ["golden", "lts", "cis-2026.1", "kernel-6.12", "stable"];

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        var starts = await CompareAsync(StartAsync);
        var help = await CompareAsync(executable => RunAsync(executable, "--help"));
        var crd = await CompareAsync(executable => RunAsync(executable, "crd"));
        var work = await CompareAsync(WorkAsync, runs: 1);
        var (program, image) = (new FileInfo(Native).Length / Megabyte, new FileInfo(Image).Length / Megabyte);
        var compressed = await CompressedAsync(Image) / Megabyte;
        const string Other = "trimmed, with .NET's runtime in it";
        return
        [
            new("size of the program", program, "MB", Other, program / (new FileInfo(Trimmed).Length / Megabyte)),
            new("size of the image", image, "MB", "the program in it", image / program),
            new("size of the image, compressed with gzip -9, as it is released", compressed, "MB", "not compressed", compressed / image),
            Compared("from start to watching", starts, run => run.Seconds * 1000, "ms"),
            Compared("memory with nothing to do", starts, run => run.Memory / Megabyte, "MB"),
            Compared("--help", help, seconds => seconds * 1000, "ms"),
            Compared("crd", crd, seconds => seconds * 1000, "ms"),
            Compared($"processor time, {Images:#,0} images x 5 tags", work, run => run.Processor, "s"),
            Compared($"most memory, {Images:#,0} images x 5 tags", work, run => run.Peak / Megabyte, "MB"),
        ];

        static Row Compared<T>(string name, (IReadOnlyList<T> Native, IReadOnlyList<T> Trimmed) runs, Func<T, double> value, string unit)
        {
            var native = Median(runs.Native.Select(value));
            return new(name, native, unit, Other, native / Median(runs.Trimmed.Select(value)));
        }
    }

    /// <summary>Alternating runs of both programs. The first run, which reads the files from disk, does not count.</summary>
    private static async Task<(IReadOnlyList<T> Native, IReadOnlyList<T> Trimmed)> CompareAsync<T>(Func<string, Task<T>> measure,
        int runs = Runs)
    {
        var (native, trimmed) = (new List<T>(), new List<T>());
        for (var i = 0; i <= runs; i++)
        {
            native.Add(await measure(Native));
            trimmed.Add(await measure(Trimmed));
        }

        return (native[1..], trimmed[1..]);
    }

    private static async Task<(double Seconds, double Memory)> StartAsync(string executable)
    {
        await using var process = await OperatorProcess.StartAsync(NoRate, executable);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);
        return (process.StartTime.TotalSeconds, process.Memory);
    }

    private static Task<double> RunAsync(string executable, string argument) => TimeAsync(async () =>
    {
        using var process = Process.Start(new ProcessStartInfo(executable, argument) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
    });

    private static async Task<(double Processor, double Peak)> WorkAsync(string executable)
    {
        await using var cloud = await EmbeddedCloud.StartAsync();
        await using var process = await OperatorProcess.StartAsync(NoRate, executable);
        var images = await cloud.ImagesAsync(Images);
        await process.ConvergeAsync(cloud, images, Tags, "1h");
        await process.ConvergeAsync(cloud, images, Tags, "2h");
        return (process.ProcessorTime.TotalSeconds, process.PeakMemory);
    }

    private static async Task<long> CompressedAsync(string file)
    {
        await using var content = File.OpenRead(file);
        using var compressed = new MemoryStream();
        await using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize, leaveOpen: true)) await content.CopyToAsync(gzip);
        return compressed.Length;
    }
}
