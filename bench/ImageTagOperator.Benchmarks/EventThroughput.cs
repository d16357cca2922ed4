using System.Text.Json;

namespace ImageTagOperator.Benchmarks;

/// <summary>The time from a change of each of 10,000 objects until the controller has seen all of them. Compared with a loop that only
/// deserializes the same lines into the same type.</summary>
internal sealed class EventThroughput : Benchmark
{
    private const int Objects = 10_000;
    private const int Runs = 7;

    public override async Task<IReadOnlyList<Row>> MeasureAsync()
    {
        var api = new RecordedApi([.. Enumerable.Range(0, Objects).Select(number => BenchmarkSet.Sample(number, "default"))]);
        using var client = api.Client();
        await using var under = await BenchmarkOperator.StartAsync(RecordedApi.Configuration, null, client);
        await UntilAsync(() => under.Reconciled.Count >= Objects, "the first reconcile of each object");

        var generation = 1;
        var bare = await MedianAsync(Runs, () => ReadAsync(Events(1)));
        var recorded = Enumerable.Range(2, Runs + 1).Select(Events).ToList();
        var seconds = await MedianAsync(Runs, async () =>
        {
            var done = under.Reconciled.MoreAsync(Objects);
            await api.SendAsync(recorded[generation++ - 1]);
            await done;
        });
        return [new("events from watch to controller, 10,000 objects", Objects / seconds, "events/s",
            "the time a loop takes that only deserializes them", seconds / bare)];
    }

    private static byte[] Events(int generation) =>
        RecordedApi.Events(Enumerable.Range(0, Objects).Select(number => BenchmarkSet.Sample(number, "default", generation)));

    private static async Task ReadAsync(byte[] events)
    {
        using var stream = new MemoryStream(events);
        await foreach (var line in JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(stream, topLevelValues: true, BenchmarkSet.Json))
        {
            line.GetProperty("object").Deserialize(BenchmarkSet.TypeInfo);
        }
    }
}
