using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>One open watch: JSON lines until its timeout, the end of its client, or the loss of its position in the history.</summary>
internal sealed class WatchStream(Cluster cluster, TimeProvider time, WatchRequest request, HttpContext http)
{
    private static readonly TimeSpan BookmarkInterval = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<string> injected = [];
    private TaskCompletionSource poke = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock ending = new();
    private bool isOver;
    private bool hasHeaders;
    private long position;
    private long reported;

    public ResourceDefinition Resource => request.Resource;

    /// <summary>Sends a line unchanged.</summary>
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

    /// <summary>After this the request may be completed, and Cut does nothing.</summary>
    public void End()
    {
        lock (ending) isOver = true;
    }

    /// <summary>Runs until the watch ends. Then cancel the token: a timer may still be waiting.</summary>
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

    // True at the timeout, false when the history no longer has the position of this watch.
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
            // Observes the cancellation of the delay, which ends a watch when the client or the server stops.
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
            position = reported = request.From!.Value;
            return;
        }

        (position, var present) = cluster.Store.List(Resource.StorageKey);
        reported = position;
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
            // An object that starts or stops matching the selector is an ADDED or DELETED event for this client.
            var was = change.Before is not null && request.Matches(change.Before);
            var isNow = change.After is not null && request.Matches(change.After);
            if (!was && !isNow) continue;
            isIdle = false;
            reported = change.Version;
            if (isNow) await WriteAsync(was ? "MODIFIED" : "ADDED", change.After!, cancellationToken);
            else await WriteAsync("DELETED", change.After is null ? change.Last : Restamped(change), cancellationToken);
        }

        changes.Clear();
        if (!isIdle) await http.Response.Body.FlushAsync(cancellationToken);
    }

    // The last state that matched, with the version at which it stopped matching.
    private static StoredObject Restamped(Change change)
    {
        var json = change.Before!.ToJson();
        json.Child("metadata")["resourceVersion"] = change.Version.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(json, change.Version);
    }

    private async Task BookmarkAsync(bool isInitialEnd, CancellationToken cancellationToken)
    {
        // An idle server still sends bookmarks, with the latest version.
        if (!isInitialEnd && (!request.Query.Bookmarks || position == reported)) return;
        reported = position;
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
