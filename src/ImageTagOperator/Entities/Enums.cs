using System.Text.Json.Serialization;

namespace ImageTagOperator.Entities;

/// <summary>What is done about tags that are not declared.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TagPolicy>))]
public enum TagPolicy
{
    /// <summary>They are removed.</summary>
    Exact,

    /// <summary>They stay, unless this set manages them.</summary>
    Additive,
}

/// <summary>Whether the cloud is written to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TagSetMode>))]
public enum TagSetMode
{
    Enforce,
    Observe,
}

/// <summary>What becomes of the tags when the set is deleted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TagDeletionPolicy>))]
public enum TagDeletionPolicy
{
    Remove,
    Retain,
    Restore,
}

/// <summary>Who sees an image; the names are those of the Image API.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ImageVisibility>))]
public enum ImageVisibility
{
    [JsonStringEnumMemberName("public")]
    Public,

    [JsonStringEnumMemberName("private")]
    Private,

    [JsonStringEnumMemberName("shared")]
    Shared,

    [JsonStringEnumMemberName("community")]
    Community,
}

/// <summary>Why an image is left.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LeavingCause>))]
public enum LeavingCause
{
    /// <summary>The spec means it no longer.</summary>
    Edited,

    /// <summary>The image itself does not match any more.</summary>
    MovedOn,
}
