using System.Text.Json.Serialization;

namespace ImageTagOperator.Planning.Specs;

/// <summary>Whether the cloud is written to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TagSetMode>))]
public enum TagSetMode
{
    Enforce,
    Observe,
}
