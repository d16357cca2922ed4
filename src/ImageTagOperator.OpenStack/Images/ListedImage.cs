using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>One image of a list, or what stands in its place.</summary>
/// <param name="Image">Null: it is none that the API documents.</param>
/// <param name="Id">As far as there is one.</param>
internal readonly record struct ListedImage(Image? Image, string? Id);

/// <summary>One image that cannot be read does not hide the others.</summary>
internal sealed class ListedImageConverter : JsonConverter<ListedImage>
{
    public override ListedImage Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var begin = reader;
        try
        {
            return JsonSerializer.Deserialize(ref reader, CloudJson.Default.Image) is { } image ? new(image, image.Id) : default;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException or FormatException)
        {
            reader = begin;
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            var hasId = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("id", out var id)
                && id.ValueKind == JsonValueKind.String;
            return new(null, hasId ? root.GetProperty("id").GetString() : null);
        }
    }

    public override void Write(Utf8JsonWriter writer, ListedImage value, JsonSerializerOptions options) =>
        throw new NotSupportedException();
}
