using System.Collections.Immutable;
using ImageTagOperator.OpenStack.Http;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>The lock for writes to one image. Glance's tag calls are a read-modify-write without a transaction, and two concurrent calls
/// lose tags. In the whole process only the holder of the lock writes. Namespaces get it in turn.</summary>
public sealed class ImageGate
{
    /// <summary>The time after which a write without a response is considered finished.</summary>
    public static readonly TimeSpan UncertainWritePause = TimeSpan.FromSeconds(10);

    /// <summary>The maximum wait for the lock. A few other holders fit into it, with about ten seconds each.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(2);

    /// <summary>Longer than the age of the first reading of a set and the lag of a replica.</summary>
    private static readonly TimeSpan RemovalsKeptFor = TimeSpan.FromMinutes(1);

    private static readonly ImmutableDictionary<string, DateTimeOffset> NoRemovals =
        ImmutableDictionary.Create<string, DateTimeOffset>(StringComparer.Ordinal);

    private readonly FairSlots slot;
    private readonly ImageGates gates;
    private readonly string imageId;
    private long lastWrite;
    private long uncertainUntil;
    private ImmutableDictionary<string, DateTimeOffset> removals = NoRemovals;

    internal ImageGate(ImageGates gates, string imageId, long lastWrite, TimeProvider time)
    {
        (this.gates, this.imageId, this.lastWrite) = (gates, imageId, lastWrite);
        slot = new FairSlots(1, time);
    }

    /// <summary>Another reconcile waits for the lock.</summary>
    public bool HasWaiters => slot.HasWaiters;

    /// <summary>The number of the sweep at the last use.</summary>
    internal long LastAsked { get; set; }

    internal long LastWrite => Interlocked.Read(ref lastWrite);

    internal bool IsIdle(TimeProvider time) => slot.IsIdle && UncertainFor(time) == TimeSpan.Zero;

    /// <summary>Acquires the lock. Dispose the result to release it.</summary>
    /// <param name="user">The namespace of the caller. All callers of one namespace share its turns.</param>
    /// <exception cref="CloudException">Transient: the lock was not acquired within <see cref="MaxWait"/>.</exception>
    public async Task<IDisposable> EnterAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            return await slot.EnterAsync(user, MaxWait, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new CloudException(
                CloudErrorKind.Transient,
                $"Image {imageId} is being changed for others, and its turn did not come within {MaxWait.TotalMinutes:0} minutes. "
                + "It is tried again.",
                inner: e);
        }
    }

    /// <summary>True when the image was written after <paramref name="sequence"/> was taken. A read that started then is stale.</summary>
    public bool WrittenSince(long sequence) => Interlocked.Read(ref lastWrite) > sequence;

    /// <summary>The time until the next write is allowed, because a write without a response can still be running in the cloud; zero when
    /// there is none.</summary>
    public TimeSpan UncertainFor(TimeProvider time) =>
        TimeSpan.FromTicks(Math.Max(0, Interlocked.Read(ref uncertainUntil) - time.GetUtcNow().UtcTicks));

    internal void MarkUncertain(TimeProvider time) =>
        Interlocked.Exchange(ref uncertainUntil, (time.GetUtcNow() + UncertainWritePause).UtcTicks);

    /// <summary>True when this process removed the tag later than <paramref name="since"/>. A read from before that, or one of a replica
    /// that lags, can still show it.</summary>
    public bool RemovedSince(string tag, DateTimeOffset since) => removals.TryGetValue(tag, out var at) && at > since;

    internal void Written() => Interlocked.Exchange(ref lastWrite, gates.Next());

    /// <summary>The cloud acknowledged the removal of a tag. Only the holder of the lock calls this.</summary>
    internal void Removed(string tag, TimeProvider time)
    {
        var now = time.GetUtcNow();
        removals = removals.RemoveRange(removals.Where(old => now - old.Value > RemovalsKeptFor).Select(old => old.Key)).SetItem(tag, now);
    }
}
