using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageTagOperator.Kubernetes.Json;

/// <summary>Writes times as meta/v1 MicroTime: UTC with exactly six fractional digits; the server rejects any other number.</summary>
internal sealed class MicroTimeConverter : JsonConverter<DateTime?>
{
    public override DateTime? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? null : reader.GetDateTimeOffset().UtcDateTime;

    public override void Write(Utf8JsonWriter writer, DateTime? value, JsonSerializerOptions options)
    {
        if (value is { } time) writer.WriteStringValue(Format(time));
        else writer.WriteNullValue();
    }

    internal static string Format(DateTime time) => time.ToUniversalTime()
        .ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
