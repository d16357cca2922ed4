using System.Diagnostics;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>What our requests are called in a cloud's own logs: the id of the trace that they belong to, one per reconcile, in the form of
/// a UUID, which is the only one that OpenStack takes from a caller. It begins with a part that is this process's alone, so that the
/// requests of two replicas can be told apart.</summary>
public static class RequestIds
{
    private static readonly string Process = Guid.NewGuid().ToString("N")[..8];
    private static long last;

    /// <summary>How the ids of this process begin: <c>req-1f2e3d4c</c>.</summary>
    public static string Prefix { get; } = $"req-{Process}";

    /// <summary>An id for a trace that requests can carry; for <see cref="Activity.TraceIdGenerator"/>.</summary>
    public static ActivityTraceId NewTraceId() => ActivityTraceId.CreateFromString(Process + Guid.NewGuid().ToString("N")[8..]);

    /// <summary>That of the current trace; where there is none, a number.</summary>
    internal static string Current() =>
        Activity.Current?.TraceId.ToHexString() is { } trace && trace.StartsWith(Process, StringComparison.Ordinal)
            ? $"req-{Guid.ParseExact(trace, "N"):D}"
            : $"{Prefix}-0000-0000-0000-{Interlocked.Increment(ref last):x12}";
}
