using System.Runtime.InteropServices;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>Limits the memory for cached images, in total and for each user (a namespace). A user with many clouds and long lists cannot
/// exhaust the memory. Sizes are estimates in bytes. Thread-safe.</summary>
internal sealed class ListMemory(long totalLimit)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, long> byUser = new(StringComparer.Ordinal);
    private readonly long userLimit = totalLimit / 3;
    private long total;

    /// <summary>The reserved bytes of all users.</summary>
    public long Reserved
    {
        get
        {
            lock (gate) return total;
        }
    }

    /// <summary>A new reservation of zero bytes for one user.</summary>
    public MemoryReservation For(string user) => new(this, user);

    /// <summary>The size of an image in bytes. .NET needs about 250 bytes for each property.</summary>
    public static long SizeOf(Image image) => 512
        + image.Tags.Sum(static tag => 64L + (2 * tag.Length))
        + (image.OtherMembers?.Sum(static pair => 256L + (2 * pair.Key.Length) + JsonMarshal.GetRawUtf8Value(pair.Value).Length) ?? 0);

    /// <summary>Reserves bytes, or releases them when negative. False when a limit would be exceeded; then nothing changes.</summary>
    public bool TryReserve(string user, long more)
    {
        lock (gate)
        {
            var own = byUser.GetValueOrDefault(user) + more;
            if (more > 0 && (own > userLimit || total + more > totalLimit)) return false;
            total += more;
            if (own == 0) byUser.Remove(user);
            else byUser[user] = own;
            return true;
        }
    }

    /// <summary>The error for a failed reservation.</summary>
    public CloudException LimitExceeded(string user, long more)
    {
        lock (gate)
        {
            var (kind, message) = byUser.GetValueOrDefault(user) + more > userLimit
                ? (CloudErrorKind.Rejected,
                    $"The images that the sets of this namespace go by take more than {userLimit >> 20} MiB of the operator's memory, the "
                        + "share of one namespace. "
                    + "Use fewer clouds with selectors, or name images by spec.image.id; the operator's administrator can raise its "
                        + "memory limit.")
                : (CloudErrorKind.Transient,
                    $"The images that all sets go by take more than {totalLimit >> 20} MiB of the operator's memory. It is tried again; "
                        + "raise the operator's memory limit.");
            return new CloudException(kind, message) { IsTooLarge = true };
        }
    }
}

/// <summary>The memory that one user reserved for one purpose. Dispose it to release the memory.</summary>
internal sealed class MemoryReservation(ListMemory memory, string user) : IDisposable
{
    private readonly Lock gate = new();
    private long reserved;
    private bool isDisposed;

    /// <exception cref="CloudException">A limit would be exceeded.</exception>
    public void Add(long bytes)
    {
        if (!TryAdd(bytes)) throw memory.LimitExceeded(user, bytes);
    }

    /// <summary>Reserves bytes, or releases them when negative. False when a limit would be exceeded. No effect after <see
    /// cref="Dispose"/>.</summary>
    public bool TryAdd(long bytes)
    {
        lock (gate)
        {
            if (isDisposed) return true;
            if (!memory.TryReserve(user, bytes)) return false;
            reserved += bytes;
            return true;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            memory.TryReserve(user, -reserved);
            (reserved, isDisposed) = (0, true);
        }
    }
}
