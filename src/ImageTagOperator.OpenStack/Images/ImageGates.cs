using System.Collections.Concurrent;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>The gates of all images that this process writes to, whichever credentials it uses for it.</summary>
public sealed class ImageGates(TimeProvider time)
{
    /// <summary>Sweeps that a gate outlives when nobody asks for it.</summary>
    private const long Kept = 10;

    private readonly ConcurrentDictionary<(string Cloud, string ImageId), ImageGate> gates = new();
    private long sequence;
    private long sweeps;
    private long forgotten;

    /// <summary>Take this before reading an image: <see cref="ImageGate.WrittenSince"/> then tells whether the reading is stale.</summary>
    public long Sequence => Interlocked.Read(ref sequence);

    internal int Count => gates.Count;

    /// <summary>The gate of one image. A cloud of one's own that holds an image of the same id keeps nobody out of another.</summary>
    /// <param name="cloud"><see cref="CloudAccess.Cloud"/>.</param>
    public ImageGate For(string cloud, string imageId)
    {
        var gate = gates.GetOrAdd(
            (cloud, imageId.ToLowerInvariant()), key => new ImageGate(this, key.ImageId, Interlocked.Read(ref forgotten), time));
        gate.LastAsked = Interlocked.Read(ref sweeps);
        return gate;
    }

    /// <summary>Somebody holds the gate of the image, or waits for it.</summary>
    internal bool IsBusy(string cloud, string imageId) =>
        gates.TryGetValue((cloud, imageId.ToLowerInvariant()), out var gate) && !gate.IsIdle(time);

    internal long Next() => Interlocked.Increment(ref sequence);

    /// <summary>Forgets the gates that nobody has asked for in a while. What was written through one of them counts for its
    /// successor.</summary>
    internal void Sweep()
    {
        var now = Interlocked.Increment(ref sweeps);
        foreach (var (key, gate) in gates.Where(pair => now - pair.Value.LastAsked > Kept && pair.Value.IsIdle(time)))
        {
            Interlocked.Exchange(ref forgotten, Math.Max(Interlocked.Read(ref forgotten), gate.LastWrite));
            gates.TryRemove(key, out _);
        }
    }
}
