using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageTagOperator.OpenStack.Images;

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

    /// <summary>Lists show it only when asked for hidden ones.</summary>
    [JsonConverter(typeof(LenientFlagConverter))]
    public bool OsHidden { get; init; }

    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>Moves with every change, tags included, in steps of one second.</summary>
    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>A set: the order in which a cloud lists tags is random.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The stores that Glance is copying the image's data to, comma-separated; empty or missing when it is not.</summary>
    public string? OsGlanceImportingToStores { get; init; }

    /// <summary>Everything else that the cloud says of it, properties included: those are members beside the others.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? More { get; set; }

    /// <summary>Tags may be written. Glance loses an upload that runs beside a tag write, so nothing else than an active image is
    /// touched.</summary>
    [JsonIgnore]
    public bool IsActive => Status == "active";

    /// <summary>The image's data is on the move although the image is active: Glance would lose the import beside a tag write. The lock of
    /// an import, <c>os_glance_import_task</c>, is no sign of that: where a worker died it stays on the image until somebody imports
    /// again.</summary>
    [JsonIgnore]
    public bool IsImporting => !string.IsNullOrEmpty(OsGlanceImportingToStores);

    /// <summary>The value of a property, or null.</summary>
    public string? Property(string name) =>
        More is not null && More.TryGetValue(name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString()
            : value.GetRawText() : null;

    /// <summary>Nothing differs that a tag set could depend on.</summary>
    public bool IsSameAs(Image other) =>
        Id == other.Id && Name == other.Name && Status == other.Status && Visibility == other.Visibility && Owner == other.Owner
            && OsHidden == other.OsHidden
        && IsImporting == other.IsImporting
        && Tags.ToHashSet(StringComparer.Ordinal).SetEquals(other.Tags)
        && SameProperties(other);

    private bool SameProperties(Image other) =>
        More is null || other.More is null
            || (More.Count == other.More.Count && More.Keys.All(name => Property(name) == other.Property(name)));
}

/// <summary>One page of "List images".</summary>
internal sealed record ImagePage
{
    public required IReadOnlyList<ListedImage> Images { get; init; }

    /// <summary>Path and query of the next page, or null on the last.</summary>
    public string? Next { get; init; }
}
