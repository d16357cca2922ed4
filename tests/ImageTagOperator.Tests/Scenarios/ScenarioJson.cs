using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Entities;
using k8s.Models;

namespace ImageTagOperator.Scenarios;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(V1Namespace))]
internal sealed partial class ScenarioJson : JsonSerializerContext
{
    public static IJsonTypeInfoResolver All => JsonTypeInfoResolver.Combine(ImageTagSetJson.Default, Default);
}
