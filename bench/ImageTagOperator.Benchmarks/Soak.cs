using System.Diagnostics;
using System.Globalization;
using ImageTagOperator.Benchmarks.Clouds;
using ImageTagOperator.Benchmarks.Tools;
using ImageTagOperator.Sandbox;
using ImageTagOperator.Sandbox.Cloud;

namespace ImageTagOperator.Benchmarks;

/// <summary>2,000 sets for 20 minutes (SOAK_MINUTES). Up to forty times a second a tag is removed directly in the cloud, or a set is
/// edited: one set after another, and a random one of its three turns is an edit. Every other minute a fifth of the requests to the cloud
/// and to Kubernetes fails for ten seconds.</summary>
/// <remarks>Memory grows at first, and rises and falls after that, for known reasons: the operator remembers something about each set that
/// changed, and the last Events. It forgets those when there are 4,096. So a lap is 6,000 drifts and edits, in which each set loses two
/// tags and is edited once, and the Events are forgotten at least once. What counts is how the maximum of a lap grows after the first
/// lap.</remarks>
internal sealed class Soak : Benchmark
{
    private const int Sets = 2000;
    private const int Seed = 20_261_130;
    private const int Stride = 7919;
    private const int Rounds = 3;
    private const int Lap = Rounds * Sets;
    private const double Megabyte = 1_000_000;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);
    private static readonly Fault Unavailable = new() { Status = 503 };

    private readonly Dictionary<SandboxImage, (HashSet<string> Tags, TimeSpan Since, bool IsDrift)> pending = [];

    /// <summary>The turn, 0 to 2, in which a set is edited. Tags that are removed three times without an edit are Contended.</summary>
    private readonly int[] turnOfEdit = TurnsOfEdit();

    private readonly List<double> corrections = [];
    private readonly List<(double Hours, double Megabytes)> peaks = [];
    private int needed;
    private int requests;
    private int number;

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("SOAK_MINUTES") ?? "20", CultureInfo.InvariantCulture);
        await using var cloud = await EmbeddedCloud.StartAsync();
        await using var process = await OperatorProcess.StartAsync(1_000_000, "artifacts/publish/image-tag-operator");
        var names = await cloud.NamesAsync(Sets);
        await process.ConvergeAsync(cloud, names, ["golden", "stable"], "1h");
        cloud.Calls.Clear();

        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromMinutes(minutes))
        {
            Fail(cloud.Faults, process.Faults, clock.Elapsed);
            // One image after another: an image whose tags are removed repeatedly is Contended, and the operator pauses.
            Disturb(process, cloud.Images[number * Stride % Sets], clock.Elapsed);
            RecordCorrections(clock.Elapsed);
            RecordPeak(clock.Elapsed, process.Memory / Megabyte);
            await Task.Delay(Tick, TimeProvider.System);
        }

        (cloud.Faults.Decide, process.Faults.Decide) = (null, null);
        var end = clock.Elapsed + TimeSpan.FromMinutes(2);
        while (pending.Count > 0 && clock.Elapsed < end)
        {
            RecordCorrections(clock.Elapsed);
            await Task.Delay(Tick, TimeProvider.System);
        }

        var written = cloud.Calls.Writes.Count(call =>
            call.Status is 204 or 404 && call.Target.Contains("/tags/", StringComparison.Ordinal));
        var laps = peaks.Take(number / Lap).Skip(1).ToArray();
        if (laps.Length < 2) throw new InvalidOperationException($"{number} drifts and edits are too few to see whether memory grows; "
            + "set SOAK_MINUTES to more");
        foreach (var (at, most) in peaks) Console.WriteLine($"  after {60 * at:0.0} minutes: {most:0.0} MB, the maximum of a lap");
        var sorted = corrections.Order().ToArray();
        var what = $"{Sets:#,0} sets for {minutes:0} minutes";
        return
        [
            new($"{what}: drifts and edits", number, "times"),
            new($"{what}: images that were not corrected", pending.Count, "images"),
            new($"{what}: tag writes beyond those needed", written - needed, "requests"),
            new($"{what}: drift is corrected, 95th percentile", sorted[(int)(0.95 * sorted.Length)], "s"),
            new($"{what}: drift is corrected, longest", sorted[^1], "s"),
            new($"{what}: most memory", process.PeakMemory / Megabyte, "MB"),
            new($"{what}: memory grows by", Slope(laps), "MB/hour"),
        ];
    }

    private static int[] TurnsOfEdit()
    {
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, Sets).Select(_ => random.Next(Rounds))];
    }

    private void Fail(FaultInjector cloud, FaultInjector kubernetes, TimeSpan at)
    {
        var isOutage = at.Minutes % 2 == 1 && at.Seconds < Outage.Seconds;
        cloud.Decide = kubernetes.Decide = !isOutage ? null
            : call => call.Target.Contains("watch=", StringComparison.Ordinal) || Interlocked.Increment(ref requests) % 5 != 0
                ? null : Unavailable;
    }

    /// <summary>Removes a tag from an image, or edits its set. Skips an image that is not in sync yet, so that the required writes can be
    /// counted.</summary>
    private void Disturb(OperatorProcess process, SandboxImage image, TimeSpan now)
    {
        if (pending.ContainsKey(image)) return;
        var tags = image.Tags.ToHashSet();
        var isDrift = number / Sets % Rounds != turnOfEdit[number % Sets];
        number++;
        if (isDrift)
        {
            image.SetTags(image.Tags.Skip(1));
            image.UpdatedAt = TimeProvider.System.GetUtcNow();
            needed++;
        }
        else
        {
            var old = tags.First(tag => tag != "golden");
            tags.Remove(old);
            tags.Add($"edit-{number}");
            process.Edit(image.Name!, [.. tags]);
            needed += 2;
        }

        pending[image] = (tags, now, isDrift);
    }

    private void RecordPeak(TimeSpan at, double megabytes)
    {
        if (number / Lap == peaks.Count) peaks.Add((at.TotalHours, megabytes));
        else if (megabytes > peaks[^1].Megabytes) peaks[^1] = (at.TotalHours, megabytes);
    }

    /// <summary>The images that are in sync again.</summary>
    private void RecordCorrections(TimeSpan now)
    {
        foreach (var (image, (tags, since, isDrift)) in pending.ToArray())
        {
            if (!tags.SetEquals(image.Tags)) continue;
            pending.Remove(image);
            if (isDrift) corrections.Add((now - since).TotalSeconds);
        }
    }

    /// <summary>The slope by least squares.</summary>
    private static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        var (x, y) = (points.Average(point => point.X), points.Average(point => point.Y));
        return points.Sum(point => (point.X - x) * (point.Y - y)) / points.Sum(point => (point.X - x) * (point.X - x));
    }
}
