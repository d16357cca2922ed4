using ImageTagOperator.Benchmarks;

Benchmark[] all =
[
    new WatchReconnects(),      // first: what others leave behind would hide how the heap grows
    new Convergence(),
    new EventThroughput(),
    new CacheMemory(),
    new SyncTime(),
    new Footprint(),
    new Scale(),
];

var only = args.FirstOrDefault(argument => argument.Length > 0);
var chosen = all.Where(benchmark => only is null || benchmark.Name.Contains(only, StringComparison.OrdinalIgnoreCase)).ToList();
if (chosen.Count == 0)
{
    await Console.Error.WriteLineAsync(
        $"no benchmark is called '{only}'; there are {string.Join(", ", all.Select(benchmark => benchmark.Name))}");
    return 1;
}

var rows = new List<Row>();
foreach (var benchmark in chosen)
{
    Console.WriteLine($"{benchmark.Name} ...");
    rows.AddRange(await benchmark.MeasureAsync());
}

await Report.WriteAsync(rows, isComplete: chosen.Count == all.Length);
var exceeded = Budget.Exceeded(rows);
foreach (var budget in exceeded) await Console.Error.WriteLineAsync(budget);
return exceeded.Count == 0 ? 0 : 1;
