using System.Text.Json.Serialization;

namespace ImageTagOperator.Planning.Specs;

/// <summary>What happens to the tags when the set is deleted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TagDeletionPolicy>))]
public enum TagDeletionPolicy
{
    Remove,
    Retain,
    Restore,
}
