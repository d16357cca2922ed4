using System.Text.Json.Serialization;

namespace ImageTagOperator.Entities;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(V1Alpha1ImageTagSet))]
internal sealed partial class ImageTagSetJson : JsonSerializerContext;
