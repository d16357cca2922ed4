using System.Collections.Concurrent;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>The write locks of all images of this process, shared by all credentials.</summary>
public sealed class ImageGates(TimeProvider time)
{
    /// <summary>The number of sweeps after which an unused gate is removed.</summary>
    private const long SweepsKept = 10;

    private readonly ConcurrentDictionary<(string Cloud, string ImageId), ImageGate> gates = new();
    private long sequence;
    private long sweeps;
    private long forgotten;

    /// <summary>Get this before a read of an image. <see cref="ImageGate.WrittenSince"/> then returns whether the result is
    /// stale.</summary>
    public long Sequence => Interlocked.Read(ref sequence);

    internal int Count => gates.Count;

    /// <summary>The gate of one image. The cloud is part of the key, so an image with the same id in another cloud has its own
    /// gate.</summary>
    /// <param name="cloud"><see cref="CloudAccess.Cloud"/>.</param>
    public ImageGate For(string cloud, string imageId)
    {
        var gate = gates.GetOrAdd(
            (cloud, imageId.ToLowerInvariant()), key => new ImageGate(this, key.ImageId, Interlocked.Read(ref forgotten), time));
        gate.LastAsked = Interlocked.Read(ref sweeps);
        return gate;
    }

    /// <summary>True when the gate of the image is locked, or a caller waits for it.</summary>
    internal bool IsBusy(string cloud, string imageId) =>
        gates.TryGetValue((cloud, imageId.ToLowerInvariant()), out var gate) && !gate.IsIdle(time);

    internal long Next() => Interlocked.Increment(ref sequence);

    /// <summary>Removes unused gates. A new gate for the same image starts with the last write sequence of the removed ones.</summary>
    internal void Sweep()
    {
        var now = Interlocked.Increment(ref sweeps);
        foreach (var (key, gate) in gates.Where(pair => now - pair.Value.LastAsked > SweepsKept && pair.Value.IsIdle(time)))
        {
            Interlocked.Exchange(ref forgotten, Math.Max(Interlocked.Read(ref forgotten), gate.LastWrite));
            gates.TryRemove(key, out _);
        }
    }
}
