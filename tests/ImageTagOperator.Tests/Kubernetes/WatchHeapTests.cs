using System.Globalization;
using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>Runs alone: the heap is that of the whole process.</summary>
[CollectionDefinition(nameof(WatchHeapTests), DisableParallelization = true)]
[Collection(nameof(WatchHeapTests))]
public sealed class WatchHeapTests
{
    [Fact]
    public async Task Statement_8_ten_thousand_reconnects_leave_the_heap_flat()
    {
        var number = 5;
        var handler = new BookmarkHandler(() => Interlocked.Increment(ref number));
        await using var watch = Watching.Start(handler, new FakeTimeProvider());
        await Eventually.TrueAsync(() => Volatile.Read(ref number) > 2000, "warm-up", 60);

        // One leaked CancellationTokenSource or registration per reconnect would be several megabytes in every round. A single increase can
        // be garbage of other tests.
        var grown = new List<long>();
        do
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var start = Volatile.Read(ref number);
            await Eventually.TrueAsync(() => Volatile.Read(ref number) > start + 10_000, "10,000 reconnects", 120);
            grown.Add(GC.GetTotalMemory(forceFullCollection: true) - before);
        }
        while (grown[^1] >= 1_000_000 && grown.Count < 3);
        Assert.True(grown[^1] < 1_000_000, $"the heap grew by {string.Join(", ", grown)} bytes in 10,000 reconnects each");
    }

    /// <summary>Every watch sends one bookmark and ends.</summary>
    private sealed class BookmarkHandler(Func<int> next) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (!request.RequestUri!.Query.Contains("watch=", StringComparison.Ordinal))
            {
                return StubHandler.Json("""{"metadata":{"resourceVersion":"5"},"items":[]}""");
            }

            var version = next().ToString(CultureInfo.InvariantCulture);
            return StubHandler.Json(
                """{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"VERSION"}}}""".Replace(
                    "VERSION", version, StringComparison.Ordinal));
        }
    }
}
