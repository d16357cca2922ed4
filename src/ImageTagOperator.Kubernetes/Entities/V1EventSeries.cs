using System.Text.Json.Serialization;

namespace ImageTagOperator.Kubernetes;

/// <summary>How often an event happened. The server refuses a count below 2.</summary>
public sealed class V1EventSeries
{
    public int Count { get; set; }

    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? LastObservedTime { get; set; }
}
