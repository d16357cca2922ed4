using System.Collections.Concurrent;

namespace ImageTagOperator.OpenStack;

/// <summary>The gates of all images that this process writes to, whichever credentials it uses for it.</summary>
public sealed class ImageGates
{
    private readonly ConcurrentDictionary<(string Endpoint, string ImageId), ImageGate> gates = new();
    private long sequence;

    /// <summary>Take this before reading an image: <see cref="ImageGate.WrittenSince"/> then tells whether the reading is stale.</summary>
    public long Sequence => Interlocked.Read(ref sequence);

    /// <summary>The gate of one image of one Image API endpoint. UUIDs are compared without case.</summary>
    public ImageGate For(Uri endpoint, string imageId) =>
        gates.GetOrAdd((endpoint.AbsoluteUri, imageId.ToUpperInvariant()), _ => new ImageGate(this));

    internal long Next() => Interlocked.Increment(ref sequence);
}
