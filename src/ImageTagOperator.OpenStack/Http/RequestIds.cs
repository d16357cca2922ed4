using System.Diagnostics;

namespace ImageTagOperator.OpenStack.Http;

/// <summary>The IDs of our requests in the logs of a cloud: the ID of the trace, one per reconcile, as a UUID, which is the only form that
/// OpenStack accepts from a caller. Each process has its own prefix, so that requests of two replicas can be told apart.</summary>
public static class RequestIds
{
    private static readonly string Process = Guid.NewGuid().ToString("N")[..8];
    private static long last;

    /// <summary>The prefix of the IDs of this process, such as <c>req-1f2e3d4c</c>.</summary>
    public static string Prefix { get; } = $"req-{Process}";

    /// <summary>Creates a trace ID that requests can carry, for <see cref="Activity.TraceIdGenerator"/>.</summary>
    public static ActivityTraceId NewTraceId() => ActivityTraceId.CreateFromString(Process + Guid.NewGuid().ToString("N")[8..]);

    /// <summary>The ID of the current trace; a number when there is none.</summary>
    internal static string Current() =>
        Activity.Current?.TraceId.ToHexString() is { } trace && trace.StartsWith(Process, StringComparison.Ordinal)
            ? $"req-{Guid.ParseExact(trace, "N"):D}"
            : $"{Prefix}-0000-0000-0000-{Interlocked.Increment(ref last):x12}";
}
