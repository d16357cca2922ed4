using System.Text.Json.Nodes;
using ImageTagOperator.Kubernetes.Json;

namespace ImageTagOperator.Kubernetes.Events;

/// <summary>Remembers recent events, so that a repeat becomes a count on the first one. Used by one task only.</summary>
internal sealed class EventSeries(TimeProvider time)
{
    /// <summary>After this time, the same event starts a new series (as in client-go).</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(6);

    private const int Capacity = 4096;

    internal sealed record Entry(NamespacedName Key, int Count, long At);

    private readonly record struct Identity(string? Uid, string? Name, string? Reason, string? Note, string? Type);

    private readonly Dictionary<Identity, Entry> entries = [];

    public Entry? Find(Eventsv1Event next) =>
        entries.TryGetValue(Of(next), out var entry) && time.GetElapsedTime(entry.At) < Lifetime ? entry : null;

    public void Created(Eventsv1Event first)
    {
        if (entries.Count >= Capacity) Shrink();
        entries[Of(first)] = new(first.Key(), 1, time.GetTimestamp());
    }

    public void Repeated(Eventsv1Event next, Entry earlier) =>
        entries[Of(next)] = earlier with { Count = earlier.Count + 1, At = time.GetTimestamp() };

    public static JsonObject Patch(int count, DateTime last) => new()
    {
        ["series"] = new JsonObject { ["count"] = count, ["lastObservedTime"] = MicroTimeConverter.Format(last) },
    };

    private static Identity Of(Eventsv1Event made) => new(made.Regarding?.Uid, made.Regarding?.Name, made.Reason, made.Note, made.Type);

    private void Shrink()
    {
        foreach (var (identity, entry) in entries)
        {
            if (time.GetElapsedTime(entry.At) >= Lifetime) entries.Remove(identity);
        }

        if (entries.Count >= Capacity) entries.Clear();
    }
}
