using System.Text.Json.Serialization;

namespace ImageTagOperator.Kubernetes;

/// <summary>Who holds a lease, and for how long.</summary>
public sealed record V1LeaseSpec
{
    /// <summary>Empty or null when nobody holds it.</summary>
    public string? HolderIdentity { get; set; }

    public int? LeaseDurationSeconds { get; set; }

    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; set; }

    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; set; }

    /// <summary>How often the holder changed.</summary>
    public int? LeaseTransitions { get; set; }
}
