using System.Text.Json.Serialization;
using ImageTagOperator.OpenStack.Identity;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Shared;

namespace ImageTagOperator.OpenStack;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(ListedImageConverter), typeof(SharedStringConverter)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
// Keystone
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(TokenResponse))]
// Glance
[JsonSerializable(typeof(Image))]
[JsonSerializable(typeof(ImagePage))]
// IMS
[JsonSerializable(typeof(ImsTagValueRequest))]
internal sealed partial class CloudJson : JsonSerializerContext;
