using System.Text.Json;
using System.Text.Json.Serialization;

namespace ImageTagOperator.OpenStack.Images;

/// <summary>One entry of a list of images.</summary>
/// <param name="Image">Null when the entry cannot be parsed.</param>
/// <param name="Id">The id, or null when the entry has none.</param>
internal readonly record struct ListedImage(Image? Image, string? Id);

/// <summary>Reads an entry of a list. An entry that cannot be parsed does not fail the list.</summary>
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
