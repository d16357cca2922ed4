using System.Diagnostics;
using ImageTagOperator.Benchmarks;

Benchmark[] all =
[
    new WatchReconnects(),      // first: garbage of other benchmarks would hide the growth of the heap
    new Convergence(),
    new EventThroughput(),
    new CacheMemory(),
    new SyncTime(),
    new Footprint(),
    new Scale(),
    new Growth(),
    new Isolation(),
];
Benchmark[] onlyByName = [new Soak()];

var only = args.FirstOrDefault(argument => argument.Length > 0);
Benchmark[] chosen = only is null ? all
    : [.. all.Concat(onlyByName).Where(benchmark => benchmark.Name.Contains(only, StringComparison.OrdinalIgnoreCase))];
if (chosen.Length == 0)
{
    await Console.Error.WriteLineAsync(
        $"no benchmark is called '{only}'; there are {string.Join(", ", all.Concat(onlyByName).Select(benchmark => benchmark.Name))}");
    return 1;
}

var rows = new List<Row>();
var total = Stopwatch.StartNew();
foreach (var benchmark in chosen)
{
    Console.WriteLine($"{benchmark.Name} ...");
    var clock = Stopwatch.StartNew();
    rows.AddRange(await benchmark.MeasureAsync());
    Console.WriteLine($"{benchmark.Name} took {clock.Elapsed:m\\:ss}");
}

Console.WriteLine($"all took {total.Elapsed:m\\:ss}");

await Report.WriteAsync(rows, isComplete: chosen == all);
var exceeded = Budget.Exceeded(rows);
foreach (var budget in exceeded) await Console.Error.WriteLineAsync(budget);
return exceeded.Count == 0 ? 0 : 1;
