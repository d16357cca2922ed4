using System.Collections.Concurrent;

namespace ImageTagOperator.Reconciliation;

/// <summary>Counts how often the removal of a tag ended with a server error in a row. Glance can hold a tag twice, after which its removal
/// answers 500 for ever; a single 500 means nothing.</summary>
public sealed class ServerErrors
{
    private const int Proof = 3;

    private readonly ConcurrentDictionary<(string ImageId, string Tag), int> counts = new();

    /// <summary>True when this was one too many to be chance.</summary>
    public bool Another(string imageId, string tag) => counts.AddOrUpdate((imageId, tag), 1, (_, count) => count + 1) >= Proof;

    public void Forget(string imageId, string tag) => counts.TryRemove((imageId, tag), out _);
}
