using System.Diagnostics;

namespace ImageTagOperator.Benchmarks;

/// <summary>A benchmark. To add one, write a class in its own file and add it to Program.cs. It starts what it needs, and removes it at the
/// end.</summary>
internal abstract class Benchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Polling more often takes processor time from what is measured.</summary>
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    /// <summary>The name that <c>make bench ONLY=...</c> selects.</summary>
    public string Name => GetType().Name;

    public abstract Task<IReadOnlyList<Row>> MeasureAsync();

    /// <summary>The median of several runs, in seconds. A warm-up run, which compiles code and fills pools, does not count.</summary>
    protected static async Task<double> MedianAsync(int runs, Func<Task> run)
    {
        var seconds = new List<double>();
        for (var i = 0; i <= runs; i++) seconds.Add(await TimeAsync(run));
        return Median(seconds.Skip(1));
    }

    protected static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    protected static async Task<double> TimeAsync(Func<Task> run)
    {
        var clock = Stopwatch.StartNew();
        await run();
        return clock.Elapsed.TotalSeconds;
    }

    /// <summary>The live objects on the heap, in bytes.</summary>
    protected static long Heap()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    internal static Task UntilAsync(Func<bool> holds, string what) => UntilAsync(() => Task.FromResult(holds()), what);

    internal static async Task UntilAsync(Func<Task<bool>> holds, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            if (clock.Elapsed > Patience) throw new TimeoutException($"never happened: {what}");
            await Task.Delay(Poll, TimeProvider.System);
        }
    }
}
