namespace ImageTagOperator.OpenStack;

/// <summary>What our requests are called in a cloud's own logs: one number per request, and a part that is this process's alone, so that
/// the requests of two replicas can be told apart.</summary>
public static class RequestIds
{
    private static long last;

    /// <summary>How the ids of this process begin: <c>req-1f2e3d4c</c>.</summary>
    public static string Prefix { get; } = $"req-{Guid.NewGuid():N}"[..12];

    /// <summary>OpenStack takes the caller's id only if it has the form of a UUID.</summary>
    internal static string Next() => $"{Prefix}-0000-0000-0000-{Interlocked.Increment(ref last):x12}";
}
