using System.Text.Json.Serialization;

namespace ImageTagOperator.Planning.Specs;

/// <summary>What happens to tags on an image that are not declared.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TagPolicy>))]
public enum TagPolicy
{
    /// <summary>They are removed.</summary>
    Exact,

    /// <summary>They stay, unless this set manages them.</summary>
    Additive,
}
