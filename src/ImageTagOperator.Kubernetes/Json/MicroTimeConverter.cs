using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageTagOperator.Kubernetes;

/// <summary>Times as meta/v1 MicroTime has them: UTC, exactly six digits of a second; the server refuses any other number of
/// digits.</summary>
public sealed class MicroTimeConverter : JsonConverter<DateTimeOffset?>
{
    public override DateTimeOffset? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTimeOffset();

    public override void Write(Utf8JsonWriter writer, DateTimeOffset? value, JsonSerializerOptions options)
    {
        if (value is { } time) writer.WriteStringValue(Format(time));
        else writer.WriteNullValue();
    }

    internal static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
