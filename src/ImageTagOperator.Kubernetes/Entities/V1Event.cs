using System.Text.Json.Serialization;

namespace ImageTagOperator.Kubernetes;

/// <summary>An Event of events.k8s.io/v1.</summary>
[KubernetesEntity(Group = "events.k8s.io", ApiVersion = "v1", Kind = "Event", PluralName = "events")]
public sealed class V1Event : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "events.k8s.io/v1";

    public string Kind { get; set; } = "Event";

    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>When it first happened; exactly six digits of a second.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; set; }

    /// <summary>Only on events that happened more than once.</summary>
    public V1EventSeries? Series { get; set; }

    public string? ReportingController { get; set; }

    public string? ReportingInstance { get; set; }

    /// <summary>What was being done.</summary>
    public string? Action { get; set; }

    public string? Reason { get; set; }

    /// <summary>The object that the event is about.</summary>
    public V1ObjectReference? Regarding { get; set; }

    /// <summary>For people; at most 1024 bytes.</summary>
    public string? Note { get; set; }

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string? Type { get; set; }
}
