using System.Text.Json.Serialization;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>Why a set leaves an image.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LeavingCause>))]
public enum LeavingCause
{
    /// <summary>The spec was edited and no longer selects the image.</summary>
    Edited,

    /// <summary>The image changed and no longer matches.</summary>
    MovedOn,
}
