using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>One open watch: lines of JSON, until its time is over, its client goes, or its place in the history is gone.</summary>
internal sealed class WatchStream(Cluster cluster, TimeProvider time, WatchRequest request, HttpContext http)
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<string> injected = [];
    private TaskCompletionSource poke = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock ending = new();
    private bool isOver;
    private bool hasHeaders;
    private long position;
    private long told;

    public ResourceDefinition Resource => request.Resource;

    /// <summary>Sends a line as it is, whatever it says.</summary>
    public void Inject(string line)
    {
        injected.Enqueue(line);
        poke.TrySetResult();
    }

    public void Cut()
    {
        lock (ending)
        {
            if (!isOver) http.Abort();
        }
    }

    /// <summary>From now on the request may be gone, and Cut does nothing.</summary>
    public void End()
    {
        lock (ending) isOver = true;
    }

    /// <summary>Runs until the watch is over. Cancel the token then, too: a timer may still be waiting.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        http.Response.ContentType = "application/json";
        var end = time.GetUtcNow() + request.Timeout;
        await http.Response.Body.FlushAsync(cancellationToken);
        await SendPresentAsync(cancellationToken);
        if (position < cluster.Store.OldestVersion || !await FollowAsync(end, cancellationToken))
            await WriteAsync("ERROR", Refusals.TooOld(position, cluster.Store.OldestVersion).ToStatus().ToUtf8(), cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
    }

    // True when the time is over, false when the history moved on without this watch.
    private async Task<bool> FollowAsync(DateTimeOffset end, CancellationToken cancellationToken)
    {
        var changes = new List<Change>();
        Task? tick = null;
        while (cluster.Store.TryRead(Resource.StorageKey, ref position, changes, out var next))
        {
            await SendAsync(changes, cancellationToken);
            var left = end - time.GetUtcNow();
            if (left <= TimeSpan.Zero)
            {
                await BookmarkAsync(isInitialEnd: false, cancellationToken);
                return true;
            }

            tick ??= Task.Delay(left < BookmarkInterval ? left : BookmarkInterval, time, cancellationToken);
            if (await Task.WhenAny(next, tick, poke.Task) != tick) continue;
            // Observes the cancellation of the delay, which is how a watch ends when the client or the server goes.
            await tick;
            tick = null;
            await BookmarkAsync(isInitialEnd: false, cancellationToken);
        }

        return false;
    }

    private async Task SendPresentAsync(CancellationToken cancellationToken)
    {
        if (!request.StartsWithPresent)
        {
            position = told = request.From!.Value;
            return;
        }

        (position, var present) = cluster.Store.List(Resource.StorageKey);
        told = position;
        foreach (var stored in present.Where(request.Matches)) await WriteAsync("ADDED", stored, cancellationToken);
        if (request.Query.SendInitialEvents) await BookmarkAsync(isInitialEnd: true, cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
    }

    private async Task SendAsync(List<Change> changes, CancellationToken cancellationToken)
    {
        var isIdle = true;
        if (poke.Task.IsCompleted) poke = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (injected.TryDequeue(out var line))
        {
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), cancellationToken);
            isIdle = false;
        }

        foreach (var change in changes)
        {
            // An object that starts or ceases to match the selector comes and goes for this client.
            var was = change.Before is not null && request.Matches(change.Before);
            var isNow = change.After is not null && request.Matches(change.After);
            if (!was && !isNow) continue;
            isIdle = false;
            told = change.Version;
            if (isNow) await WriteAsync(was ? "MODIFIED" : "ADDED", change.After!, cancellationToken);
            else await WriteAsync("DELETED", change.After is null ? change.Last : Restamped(change), cancellationToken);
        }

        changes.Clear();
        if (!isIdle) await http.Response.Body.FlushAsync(cancellationToken);
    }

    // The last state that matched, with the version at which it ceased to.
    private static StoredObject Restamped(Change change)
    {
        var json = change.Before!.ToJson();
        json.Child("metadata")["resourceVersion"] = change.Version.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(json, change.Version);
    }

    private async Task BookmarkAsync(bool isInitialEnd, CancellationToken cancellationToken)
    {
        // An idle server has nothing new to tell: its bookmarks only say that the version moved on.
        if (!isInitialEnd && (!request.Query.Bookmarks || position == told)) return;
        told = position;
        var metadata = new JsonObject
        {
            ["resourceVersion"] = position.ToString(CultureInfo.InvariantCulture),
            ["creationTimestamp"] = null,
        };
        if (isInitialEnd) metadata["annotations"] = new JsonObject { ["k8s.io/initial-events-end"] = "true" };
        var bookmark = new JsonObject { ["kind"] = Resource.Kind, ["apiVersion"] = Resource.ApiVersion, ["metadata"] = metadata };
        if (request.Form == ResponseForm.Table)
            bookmark = TablePrinter.Table(Resource, [], metadata.Copy(), time.GetUtcNow(), null, headers: false);
        if (request.Form == ResponseForm.Metadata) bookmark = TablePrinter.MetadataOnly(bookmark);
        await WriteAsync("BOOKMARK", bookmark.ToUtf8(), cancellationToken);
        await http.Response.Body.FlushAsync(cancellationToken);
    }

    private ValueTask WriteAsync(string type, StoredObject stored, CancellationToken cancellationToken)
    {
        var isAsStored = request.Form == ResponseForm.Object && stored.ApiVersion == Resource.ApiVersion;
        return WriteAsync(type, isAsStored ? stored.Utf8 : Render(stored), cancellationToken);
    }

    private byte[] Render(StoredObject stored)
    {
        var json = Cluster.Show(Resource, stored);
        if (request.Form == ResponseForm.Object) return json.ToUtf8();
        if (request.Form == ResponseForm.Metadata) return TablePrinter.MetadataOnly(json).ToUtf8();
        var metadata = new JsonObject { ["resourceVersion"] = json.At("metadata", "resourceVersion")?.DeepClone() };
        var table = TablePrinter.Table(Resource, [json], metadata, time.GetUtcNow(), request.Query.IncludeObject, headers: !hasHeaders);
        hasHeaders = true;
        return table.ToUtf8();
    }

    private async ValueTask WriteAsync(string type, byte[] json, CancellationToken cancellationToken)
    {
        await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes($"{{\"type\":\"{type}\",\"object\":"), cancellationToken);
        await http.Response.Body.WriteAsync(json, cancellationToken);
        await http.Response.Body.WriteAsync("}\n"u8.ToArray(), cancellationToken);
    }
}
