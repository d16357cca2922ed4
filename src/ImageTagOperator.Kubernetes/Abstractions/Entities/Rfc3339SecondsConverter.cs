using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Writes times as meta/v1 Time: UTC, whole seconds. Reads any RFC 3339 time.</summary>
public sealed class Rfc3339SecondsConverter : JsonConverter<DateTimeOffset?>
{
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } time) writer.WriteStringValue(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        else writer.WriteNullValue();
    }
}
