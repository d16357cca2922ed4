using System.Diagnostics.CodeAnalysis;

namespace ImageTagOperator.OpenStack;

/// <summary>The right to write to one image. Glance's tag calls are a read-modify-write without a transaction: two at a time lose tags,
/// so in the whole process only the holder writes.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "A SemaphoreSlim whose wait handle is never asked for holds nothing to dispose.")]
public sealed class ImageGate
{
    private readonly SemaphoreSlim semaphore = new(1, 1);
    private readonly ImageGates gates;
    private long lastWrite;

    internal ImageGate(ImageGates gates) => this.gates = gates;

    /// <summary>Waits for the right to write. Dispose the result to give it back.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await semaphore.WaitAsync(cancellationToken);
        return new Leave(semaphore);
    }

    /// <summary>True when the image was written to after <paramref name="sequence"/> was taken, so that an image read then is stale.</summary>
    public bool WrittenSince(long sequence) => Interlocked.Read(ref lastWrite) > sequence;

    internal void Written() => Interlocked.Exchange(ref lastWrite, gates.Next());

    private sealed class Leave(SemaphoreSlim semaphore) : IDisposable
    {
        private SemaphoreSlim? held = semaphore;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }
}
