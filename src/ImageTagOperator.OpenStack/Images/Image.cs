using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>An image of the Image API v2 ("Show image"), with the fields that the operator uses.</summary>
public sealed record Image
{
    /// <summary>A UUID.</summary>
    public required string Id { get; init; }

    public string? Name { get; init; }

    /// <summary><c>active</c>, <c>queued</c>, <c>saving</c>, <c>importing</c>, <c>deactivated</c>, ...</summary>
    public required string Status { get; init; }

    public string? Visibility { get; init; }

    public string? Owner { get; init; }

    /// <summary>A hidden image. Lists contain it only with <c>os_hidden=true</c>.</summary>
    [JsonConverter(typeof(LenientFlagConverter))]
    public bool OsHidden { get; init; }

    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The time of the last change, tags included. The resolution is one second.</summary>
    [JsonConverter(typeof(LenientTimeConverter))]
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>A set: the cloud returns tags in random order.</summary>
    public required IReadOnlyList<string> Tags { get; init; }

    /// <summary>The stores that Glance is copying the image's data to, comma-separated; empty or missing when it is not.</summary>
    public string? OsGlanceImportingToStores { get; init; }

    /// <summary>All other members of the response, custom properties included.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? OtherMembers { get; set; }

    /// <summary>The operator may write tags. Glance loses an upload that runs at the same time as a tag write, so only active images are
    /// written.</summary>
    [JsonIgnore]
    public bool IsActive => Status == "active";

    /// <summary>Glance is importing data into the active image, and a tag write at the same time would lose the import. The import lock
    /// <c>os_glance_import_task</c> does not show this: after a worker crash it stays on the image until the next import.</summary>
    [JsonIgnore]
    public bool IsImporting => !string.IsNullOrEmpty(OsGlanceImportingToStores);

    /// <summary>The value of a custom property, or null. Values that are not strings are returned as JSON.</summary>
    public string? Property(string name)
    {
        if (OtherMembers is null || !OtherMembers.TryGetValue(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();
    }

    /// <summary>True when all fields that an ImageTagSet can depend on are equal.</summary>
    public bool IsSameAs(Image other) =>
        Id == other.Id && Name == other.Name && Status == other.Status && Visibility == other.Visibility && Owner == other.Owner
            && OsHidden == other.OsHidden
        && IsImporting == other.IsImporting
        && Tags.ToHashSet(StringComparer.Ordinal).SetEquals(other.Tags)
        && SameProperties(other);

    private bool SameProperties(Image other) =>
        OtherMembers is null || other.OtherMembers is null
            || (OtherMembers.Count == other.OtherMembers.Count && OtherMembers.Keys.All(name => Property(name) == other.Property(name)));
}

/// <summary>One page of "List images".</summary>
internal sealed record ImagePage
{
    public required IReadOnlyList<ListedImage> Images { get; init; }

    /// <summary>Path and query of the next page, or null on the last.</summary>
    public string? Next { get; init; }
}
