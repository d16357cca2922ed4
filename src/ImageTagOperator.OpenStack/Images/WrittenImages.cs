namespace ImageTagOperator.OpenStack.Images;

/// <summary>Reads images after writes. Images that are written at the same time are read with one request; a read waits for the others for
/// at most <see cref="MaxWait"/>. Thread-safe.</summary>
internal sealed class WrittenImages(ImageApi api, ImageReader reader, TimeProvider time)
{
    /// <summary>A write takes about 35 ms on a real Glance.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<WrittenImage, TaskCompletionSource<Image?>> waiting = [];
    private int beingWritten;
    private ITimer? timer;

    public WrittenImage Begin(string imageId)
    {
        lock (gate) beingWritten++;
        return new WrittenImage(this, imageId);
    }

    /// <summary>Ends the writes to an image, so that the others no longer wait for it.</summary>
    public void End()
    {
        lock (gate)
        {
            beingWritten--;
            ReadIfComplete();
        }
    }

    /// <summary>Reads the image; null when it does not exist.</summary>
    /// <exception cref="CloudException">The read failed.</exception>
    public Task<Image?> ReadAsync(WrittenImage image, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var answer = waiting[image] = new TaskCompletionSource<Image?>(TaskCreationOptions.RunContinuationsAsynchronously);
            ReadIfComplete();
            if (waiting.Count > 0) timer ??= time.CreateTimer(_ => Read(), null, MaxWait, Timeout.InfiniteTimeSpan);
            return answer.Task.WaitAsync(cancellationToken);
        }
    }

    private void Read()
    {
        lock (gate) ReadNow();
    }

    private void ReadIfComplete()
    {
        if (waiting.Count >= beingWritten || waiting.Count >= ImageQueries.MaxTerms) ReadNow();
    }

    private void ReadNow()
    {
        timer?.Dispose();
        timer = null;
        if (waiting.Count == 0) return;
        foreach (var group in waiting.ToArray().Chunk(ImageQueries.MaxTerms)) _ = AnswerAsync(group);      // it never throws
        waiting.Clear();
    }

    private async Task AnswerAsync(KeyValuePair<WrittenImage, TaskCompletionSource<Image?>>[] group)
    {
        await Task.Yield();     // not under the lock
        try
        {
            var asOf = time.GetUtcNow();
            var ids = group.Select(pair => pair.Key.Id).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
            var listed = (ids.Length == 1 ? [] : await ListAsync(ids)).ToDictionary(image => image.Id, StringComparer.OrdinalIgnoreCase);
            foreach (var image in listed.Values) reader.CacheImage(image, asOf);
            await Task.WhenAll(group.Select(pair => AnswerAsync(pair.Key.Id, listed, pair.Value)));
        }
#pragma warning disable CA1031 // passed on to all callers
        catch (Exception e)
#pragma warning restore CA1031
        {
            foreach (var (_, answer) in group) answer.TrySetException(e);
        }
    }

    /// <summary>Completes one read. A list omits hidden images and entries that cannot be parsed; those are read by id.</summary>
    private async Task AnswerAsync(string id, Dictionary<string, Image> listed, TaskCompletionSource<Image?> answer)
    {
        try
        {
            if (!listed.TryGetValue(id, out var image))
            {
                var asOf = time.GetUtcNow();
                image = await api.GetAsync(id, CancellationToken.None, isUrgent: true);
                if (image is not null) reader.CacheImage(image, asOf);
            }

            answer.TrySetResult(image);
        }
        catch (CloudException e)
        {
            answer.TrySetException(e);
        }
    }

    private async Task<IReadOnlyList<Image>> ListAsync(string[] ids)
    {
        try
        {
            return (await api.ListAsync($"id=in:{string.Join(',', ids)}&visibility=all", CancellationToken.None, isUrgent: true)).Images;
        }
        catch (CloudException e) when (e.Kind == CloudErrorKind.Rejected)
        {
            return [];      // the cloud rejects the filter: each image is read by its id
        }
    }
}

/// <summary>An image that is being written. Dispose it after the last write.</summary>
public sealed class WrittenImage : IDisposable
{
    private readonly WrittenImages all;
    private bool isOver;

    internal WrittenImage(WrittenImages all, string id) => (this.all, Id) = (all, id);

    public string Id { get; }

    public void Dispose()
    {
        if (isOver) return;
        isOver = true;
        all.End();
    }
}
