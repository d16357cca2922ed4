using System.Globalization;
using System.Text;

namespace ImageTagOperator.Kubernetes.Events;

/// <summary>Creates events that pass the validation of the API server (events.k8s.io/v1).</summary>
/// <param name="controller">reportingController: the operator.</param>
/// <param name="instance">reportingInstance: the replica.</param>
internal sealed class EventFactory(string controller, string instance, TimeProvider time)
{
    private const int MaxNoteBytes = 1024;
    private const int MaxInstanceLength = 128;
    private const int MaxNameLength = 253;

    private long count;

    public Eventsv1Event Create(IKubernetesObject<V1ObjectMeta> entity, string reason, string message, EventType type)
    {
        var now = time.GetUtcNow();
        var suffix = string.Create(CultureInfo.InvariantCulture, $".{now.UtcTicks:x}{Interlocked.Increment(ref count) & 0xfff:x3}");
        var name = entity.Metadata.Name ?? "";
        return new()
        {
            Metadata = new()
            {
                Name = name[..Math.Min(name.Length, MaxNameLength - suffix.Length)] + suffix,
                NamespaceProperty = entity.Metadata.NamespaceProperty ?? "default",
            },
            EventTime = now.UtcDateTime,
            ReportingController = controller,
            ReportingInstance = instance[..Math.Min(instance.Length, MaxInstanceLength)],
            Action = "Reconcile",
            Reason = reason,
            Note = Shorten(VisibleText.Of(message)),
            Type = type == EventType.Warning ? "Warning" : "Normal",
            Regarding = new()
            {
                ApiVersion = entity.ApiVersion,
                Kind = entity.Kind,
                NamespaceProperty = entity.Metadata.NamespaceProperty,
                Name = name,
                Uid = entity.Metadata.Uid,
                ResourceVersion = entity.Metadata.ResourceVersion,
            },
        };
    }

    /// <summary>Shortens by bytes, which is what the server counts.</summary>
    private static string Shorten(string note)
    {
        if (Encoding.UTF8.GetByteCount(note) <= MaxNoteBytes) return note;
        var length = 0;
        var bytes = 3; // for the ellipsis
        foreach (var rune in note.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MaxNoteBytes) break;
            length += rune.Utf16SequenceLength;
        }

        return note[..length] + "…";
    }
}
