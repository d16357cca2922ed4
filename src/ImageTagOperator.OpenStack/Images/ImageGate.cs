using System.Diagnostics.CodeAnalysis;

namespace ImageTagOperator.OpenStack;

/// <summary>The right to write to one image. Glance's tag calls are a read-modify-write without a transaction: two at a time lose tags,
/// so in the whole process only the holder writes.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose.")]
public sealed class ImageGate
{
    /// <summary>How long a write that got no answer is given to come to an end.</summary>
    public static readonly TimeSpan UncertainWritePause = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim semaphore = new(1, 1);
    private readonly ImageGates gates;
    private long lastWrite;
    private long uncertainUntil;

    internal ImageGate(ImageGates gates, long lastWrite) => (this.gates, this.lastWrite) = (gates, lastWrite);

    /// <summary>The sweep before which somebody asked for it last.</summary>
    internal long LastAsked { get; set; }

    internal long LastWrite => Interlocked.Read(ref lastWrite);

    internal bool IsIdle(TimeProvider time) => semaphore.CurrentCount > 0 && UncertainFor(time) == TimeSpan.Zero;

    /// <summary>Waits for the right to write. Dispose the result to give it back.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await semaphore.WaitAsync(cancellationToken);
        return new Leave(semaphore);
    }

    /// <summary>True when the image was written to after <paramref name="sequence"/> was taken, so that an image read then is stale.</summary>
    public bool WrittenSince(long sequence) => Interlocked.Read(ref lastWrite) > sequence;

    /// <summary>How long the image must still be left alone, because a write that got no answer may be running in the cloud; zero when none is.</summary>
    public TimeSpan UncertainFor(TimeProvider time) =>
        TimeSpan.FromTicks(Math.Max(0, Interlocked.Read(ref uncertainUntil) - time.GetUtcNow().UtcTicks));

    internal void MarkUncertain(TimeProvider time) => Interlocked.Exchange(ref uncertainUntil, (time.GetUtcNow() + UncertainWritePause).UtcTicks);

    internal void Written() => Interlocked.Exchange(ref lastWrite, gates.Next());

    private sealed class Leave(SemaphoreSlim semaphore) : IDisposable
    {
        private SemaphoreSlim? held = semaphore;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }
}
