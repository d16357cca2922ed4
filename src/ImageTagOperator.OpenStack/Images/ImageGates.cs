using System.Collections.Concurrent;

namespace ImageTagOperator.OpenStack;

/// <summary>The gates of all images that this process writes to, whichever credentials it uses for it.</summary>
public sealed class ImageGates
{
    private readonly ConcurrentDictionary<string, ImageGate> gates = new(StringComparer.OrdinalIgnoreCase);
    private long sequence;

    /// <summary>Take this before reading an image: <see cref="ImageGate.WrittenSince"/> then tells whether the reading is stale.</summary>
    public long Sequence => Interlocked.Read(ref sequence);

    /// <summary>The gate of one image. It goes by the id alone: a cloud has more than one address, and two clouds that both have the id lose
    /// nothing by waiting for each other.</summary>
    public ImageGate For(string imageId) => gates.GetOrAdd(imageId, _ => new ImageGate(this));

    internal long Next() => Interlocked.Increment(ref sequence);
}
