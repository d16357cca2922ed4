using k8s;
using k8s.Models;
using Xunit;

namespace ImageTagOperator.Tests.Tripwires;

/// <summary>Watches of the package.</summary>
public sealed class WatchTripwires
{
    private const string Added = """{"type":"ADDED","object":{"kind":"Lease","apiVersion":"coordination.k8s.io/v1","metadata":{"name":"a","resourceVersion":"7"}}}""" + "\n";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    [Tripwire("A watch on a connection that has gone silent hangs, whatever timeoutSeconds was agreed", "Client/WatchConnection.cs")]
    public async Task A_watch_on_a_silent_connection_hangs()
    {
        using var body = new StallingStream(Added);
        var watch = await WatchedAsync(new PackageHandler(_ => PackageHandler.Stream(body)), body.Stalled);
        Tripwire.AssertGap(!watch.Ended);
        Assert.Equal(["a"], watch.Names);
    }

    [Fact]
    [Tripwire("A watch that never gets an answer hangs: the client's timeout is not for it", "Client/WatchConnection.cs")]
    public async Task A_watch_that_never_gets_a_response_hangs()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new PackageHandler(async (_, cancellationToken) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            throw new InvalidOperationException("never");
        });
        Tripwire.AssertGap(!(await WatchedAsync(never, asked.Task)).Ended);
    }

    [Fact]
    [Tripwire("A quiet watch that the server ends on time throws", "Client/WatchConnection.cs", "Watching/EntityWatch.cs")]
    public async Task A_quiet_watch_that_ends_on_time_throws()
    {
        using var client = Package.Client(new PackageHandler(_ => PackageHandler.Stream(new MemoryStream())));
        var error = await Record.ExceptionAsync(() => ReadAsync(client, [], Cancel));
        Tripwire.AssertGap(error is HttpRequestException { InnerException: EndOfStreamException } or EndOfStreamException,
            error?.GetType().Name ?? "a quiet end");
    }

    [Fact]
    [Tripwire("A watch that is too old (410 in the stream) ends as if all were well", "Client/WatchConnection.cs")]
    public async Task A_410_in_a_watch_ends_it_without_an_error()
    {
        const string expired = """{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"Expired","code":410,"message":"too old"}}""";
        using var client = Package.Client(new PackageHandler(_ => PackageHandler.Json(Added + expired + "\n")));
        var names = new List<string>();
        var error = await Record.ExceptionAsync(() => ReadAsync(client, names, Cancel));
        Assert.Equal(["a"], names);
        Tripwire.AssertGap(error is null, error?.GetType().Name);
    }

    private static async Task<(bool Ended, List<string> Names)> WatchedAsync(PackageHandler handler, Task silent)
    {
        using var client = Package.Client(handler);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var names = new List<string>();
        var watch = Task.Run(() => ReadAsync(client, names, stop.Token), Cancel);
        await Task.WhenAny(silent, watch);
        var ended = await Tripwire.EndsAsync(watch);
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => watch);
        return (ended, names);
    }

    private static async Task ReadAsync(k8s.Kubernetes client, List<string> names, CancellationToken cancellationToken)
    {
        await foreach (var (_, lease) in client.CoordinationV1.WatchListNamespacedLeaseAsync("default", timeoutSeconds: 1,
            cancellationToken: cancellationToken))
        {
            names.Add(lease.Metadata.Name);
        }
    }
}
