using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageTagOperator.Kubernetes.Json;

/// <summary>Writes times as meta/v1 Time: UTC, whole seconds. Reads any RFC 3339 time as UTC, because local times compare
/// wrongly.</summary>
internal sealed class TimeConverter : JsonConverter<DateTime?>
{
    public override DateTime? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTimeOffset().UtcDateTime;

    public override void Write(Utf8JsonWriter writer, DateTime? value, JsonSerializerOptions options)
    {
        if (value is { } time) writer.WriteStringValue(
            time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        else writer.WriteNullValue();
    }
}
