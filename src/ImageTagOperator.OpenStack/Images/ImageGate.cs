using ImageTagOperator.OpenStack.Http;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>The right to write to one image. Glance's tag calls are a read-modify-write without a transaction: two at a time lose tags,
/// so in the whole process only the holder writes. Namespaces have it in turns.</summary>
public sealed class ImageGate
{
    /// <summary>How long a write that got no answer is given to come to an end.</summary>
    public static readonly TimeSpan UncertainWritePause = TimeSpan.FromSeconds(10);

    /// <summary>The longest wait for it: as much as a few others may take, each some ten seconds and what is under way then.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly FairSlots slot;
    private readonly ImageGates gates;
    private readonly string imageId;
    private long lastWrite;
    private long uncertainUntil;

    internal ImageGate(ImageGates gates, string imageId, long lastWrite, TimeProvider time)
    {
        (this.gates, this.imageId, this.lastWrite) = (gates, imageId, lastWrite);
        slot = new FairSlots(1, time);
    }

    /// <summary>Others wait for it.</summary>
    public bool HasWaiters => slot.HasWaiters;

    /// <summary>The sweep before which somebody asked for it last.</summary>
    internal long LastAsked { get; set; }

    internal long LastWrite => Interlocked.Read(ref lastWrite);

    internal bool IsIdle(TimeProvider time) => slot.IsIdle && UncertainFor(time) == TimeSpan.Zero;

    /// <summary>Waits for the right to write. Dispose the result to give it back.</summary>
    /// <param name="user">Those with the same one share their turns.</param>
    /// <exception cref="CloudException">Transient: its turn did not come in time.</exception>
    public async Task<IDisposable> EnterAsync(string user, CancellationToken cancellationToken)
    {
        try
        {
            return await slot.EnterAsync(user, LongestWait, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new CloudException(
                CloudErrorKind.Transient,
                $"Image {imageId} is being changed for others, and its turn did not come within {LongestWait.TotalMinutes:0} minutes. "
                + "It is tried again.",
                inner: e);
        }
    }

    /// <summary>True when the image was written to after <paramref name="sequence"/> was taken, so that an image read then is
    /// stale.</summary>
    public bool WrittenSince(long sequence) => Interlocked.Read(ref lastWrite) > sequence;

    /// <summary>How long the image must still be left alone, because a write that got no answer may be running in the cloud; zero when none
    /// is.</summary>
    public TimeSpan UncertainFor(TimeProvider time) =>
        TimeSpan.FromTicks(Math.Max(0, Interlocked.Read(ref uncertainUntil) - time.GetUtcNow().UtcTicks));

    internal void MarkUncertain(TimeProvider time) =>
        Interlocked.Exchange(ref uncertainUntil, (time.GetUtcNow() + UncertainWritePause).UtcTicks);

    internal void Written() => Interlocked.Exchange(ref lastWrite, gates.Next());
}
