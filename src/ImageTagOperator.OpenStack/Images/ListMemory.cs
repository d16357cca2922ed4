using System.Runtime.InteropServices;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>How much memory images take that were read, of all users together and of one: whoever names ever more clouds with ever longer
/// lists must not fill it. Estimates. Safe for concurrent use.</summary>
internal sealed class ListMemory(long forAll)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> byUser = new(StringComparer.Ordinal);
    private readonly long forOne = forAll / 3;
    private long all;

    /// <summary>Of all users.</summary>
    public long Taken
    {
        get
        {
            lock (gate) return all;
        }
    }

    /// <summary>Room for one user, in which there is nothing yet.</summary>
    public ListRoom For(string user) => new(this, user);

    /// <summary>What an image takes: .NET needs some 250 bytes for each property.</summary>
    public static long SizeOf(Image image) => 512
        + image.Tags.Sum(static tag => 64L + (2 * tag.Length))
        + (image.More?.Sum(static pair => 256L + (2 * pair.Key.Length) + JsonMarshal.GetRawUtf8Value(pair.Value).Length) ?? 0);

    /// <summary>Takes that much more, or less; or nothing.</summary>
    public bool TryTake(string user, long more)
    {
        lock (gate)
        {
            var own = byUser.GetValueOrDefault(user) + more;
            if (more > 0 && (own > forOne || all + more > forAll)) return false;
            all += more;
            if (own == 0) byUser.Remove(user);
            else byUser[user] = own;
            return true;
        }
    }

    /// <summary>Why there was no room.</summary>
    public CloudException Full(string user, long more)
    {
        lock (gate)
        {
            return byUser.GetValueOrDefault(user) + more > forOne
                ? new(
                    CloudErrorKind.Rejected,
                    $"The images that the sets of this namespace go by take more than {forOne >> 20} MiB of the operator's memory, the "
                        + "share of one namespace. "
                    + "Use fewer clouds with selectors, or name images by spec.image.id; the operator's administrator can raise its "
                        + "memory limit.")
                : new(
                    CloudErrorKind.Transient,
                    $"The images that all sets go by take more than {forAll >> 20} MiB of the operator's memory. It is tried again; raise "
                        + "the operator's memory limit.");
        }
    }
}

/// <summary>What one user has taken for one purpose. Dispose it to give it back.</summary>
internal sealed class ListRoom(ListMemory memory, string user) : IDisposable
{
    private readonly Lock gate = new();
    private long taken;
    private bool isOver;

    /// <exception cref="CloudException">There is no room for it.</exception>
    public void Add(long bytes)
    {
        if (!TryAdd(bytes)) throw memory.Full(user, bytes);
    }

    /// <summary>Takes that much more, or less.</summary>
    public bool TryAdd(long bytes)
    {
        lock (gate)
        {
            if (isOver) return true;
            if (!memory.TryTake(user, bytes)) return false;
            taken += bytes;
            return true;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            memory.TryTake(user, -taken);
            (taken, isOver) = (0, true);
        }
    }
}
