using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ImageTagOperator.Kubernetes.Entities;
using ImageTagOperator.Kubernetes.Json;

namespace ImageTagOperator.Kubernetes.Client;

/// <summary>One watch request and its events.</summary>
internal sealed class WatchConnection<TEntity>(
    ApiConnection connection, EntityCodec<TEntity> codec, TimeProvider time, TimeSpan openTimeout)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    /// <summary>The server ends a watch in time; if it has not after this grace period, the connection is dead.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>Reads until the server ends the watch or does not end it in time.</summary>
    public async IAsyncEnumerable<WatchEvent<TEntity>> ReadAsync(
        string? inNamespace, string? resourceVersion, TimeSpan length, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Get, EntityDefinition.Of<TEntity>().Path(inNamespace) + Query(resourceVersion, length));
        using var watchdog = new CancellationTokenSource(openTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, watchdog.Token);
        using var response = await GuardAsync(connection.OpenAsync(request, either.Token));
        watchdog.CancelAfter(length + Grace);
        await using var body = await response.Content.ReadAsStreamAsync(either.Token);
        var lines = JsonSerializer.DeserializeAsyncEnumerable(
            body, KubernetesJsonContext.Default.JsonElement, topLevelValues: true, either.Token);
        await using var line = lines.GetAsyncEnumerator(either.Token);
        while (await GuardAsync(line.MoveNextAsync().AsTask())) yield return Parse(request, line.Current);

        async Task<T> GuardAsync<T>(Task<T> work)
        {
            try
            {
                return await work;
            }
            catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException(
                    $"{request} (watch) is dead: no answer, or no end {Grace.TotalSeconds} s after the {length.TotalSeconds} s that were "
                        + "agreed", error);
            }
        }
    }

    private static string Query(string? resourceVersion, TimeSpan length)
    {
        var query = "?watch=true&allowWatchBookmarks=true&timeoutSeconds=" + ((long)length.TotalSeconds)
            .ToString(CultureInfo.InvariantCulture);
        return resourceVersion is null ? query : query + "&resourceVersion=" + Uri.EscapeDataString(resourceVersion);
    }

    private WatchEvent<TEntity> Parse(ApiRequest request, JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object || !line.TryGetProperty("object", out var item)
            || !line.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
        {
            throw new JsonException($"{request}: a line of the watch is no event");
        }

        var version = EntityCodec<TEntity>.Metadata(item, "resourceVersion");
        switch (type.GetString())
        {
            case "BOOKMARK":
                return new(WatchEventType.Bookmark, default, version, null);
            case "ADDED":
                return Event(WatchEventType.Added);
            case "MODIFIED":
                return Event(WatchEventType.Modified);
            case "DELETED":
                return Event(WatchEventType.Deleted);
            default:
                var status = item.Deserialize(KubernetesJsonContext.Default.V1Status) ?? new V1Status();
                var pause = status.Details?.RetryAfterSeconds is > 0 and { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
                throw new KubernetesException("WATCH", request.Path, (HttpStatusCode)(status.Code == 0 ? 500 : status.Code), status, pause);
        }

        WatchEvent<TEntity> Event(WatchEventType type) =>
            new(type, EntityCodec<TEntity>.KeyOf(item), version, codec.TryRead(item, out var entity) ? entity : null);
    }
}
