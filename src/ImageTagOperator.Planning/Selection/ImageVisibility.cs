using System.Text.Json.Serialization;

namespace ImageTagOperator.Planning.Selection;

/// <summary>Who can see an image. The names are those of the Image API.</summary>
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
