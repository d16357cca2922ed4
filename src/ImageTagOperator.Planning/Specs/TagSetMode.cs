using System.Text.Json.Serialization;

namespace ImageTagOperator.Planning.Specs;

/// <summary>Whether the operator writes to the cloud.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TagSetMode>))]
public enum TagSetMode
{
    Enforce,
    Observe,
}
