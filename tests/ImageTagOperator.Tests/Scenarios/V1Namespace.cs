using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes;

namespace ImageTagOperator.Scenarios;

[KubernetesEntity(ApiVersion = "v1", Kind = "Namespace", PluralName = "namespaces")]
[EntityScope(EntityScope.Cluster)]
public sealed class V1Namespace : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "v1";

    public string Kind { get; set; } = "Namespace";

    public V1ObjectMeta Metadata { get; set; } = new();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(V1Namespace))]
internal sealed partial class ScenarioJson : JsonSerializerContext
{
    public static IJsonTypeInfoResolver All => JsonTypeInfoResolver.Combine(ImageTagSetJson.Default, Default);
}
