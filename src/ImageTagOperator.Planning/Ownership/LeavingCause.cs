using System.Text.Json.Serialization;

namespace ImageTagOperator.Planning.Ownership;

/// <summary>Why an image is left.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LeavingCause>))]
public enum LeavingCause
{
    /// <summary>The spec was edited and does not mean the image any more.</summary>
    Edited,

    /// <summary>The image itself does not match any more.</summary>
    MovedOn,
}
