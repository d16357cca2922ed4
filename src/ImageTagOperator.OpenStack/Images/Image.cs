using System.Text.Json.Serialization;

namespace ImageTagOperator.OpenStack;

/// <summary>An image as the Image API v2 shows it ("Show image"), as far as tags need it.</summary>
public sealed record Image
{
    /// <summary>A UUID.</summary>
    public required string Id { get; init; }

    public string? Name { get; init; }

    /// <summary><c>active</c>, <c>queued</c>, <c>saving</c>, <c>importing</c>, <c>deactivated</c>, ...</summary>
    public required string Status { get; init; }

    public string? Visibility { get; init; }

    public string? Owner { get; init; }

    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>A set: the order in which a cloud lists tags is random.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>Tags may be written. Glance loses an upload that runs beside a tag write, so nothing else than an active image is touched.</summary>
    [JsonIgnore]
    public bool IsActive => Status == "active";
}

/// <summary>One page of "List images".</summary>
internal sealed record ImagePage
{
    public required IReadOnlyList<Image> Images { get; init; }

    /// <summary>Path and query of the next page, or null on the last.</summary>
    public string? Next { get; init; }
}
