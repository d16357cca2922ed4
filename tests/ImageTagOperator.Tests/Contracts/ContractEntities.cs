using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Entities;
using k8s;
using k8s.Models;

namespace ImageTagOperator.Contracts;

/// <summary>An ImageTagSet as plain JSON, to write any content and to see everything that comes back.</summary>
[KubernetesEntity(Group = V1Alpha1ImageTagSet.Group, ApiVersion = V1Alpha1ImageTagSet.Version, Kind = V1Alpha1ImageTagSet.KindName,
    PluralName = "imagetagsets")]
public sealed class RawSet : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = $"{V1Alpha1ImageTagSet.Group}/{V1Alpha1ImageTagSet.Version}";

    public string Kind { get; set; } = V1Alpha1ImageTagSet.KindName;

    public V1ObjectMeta Metadata { get; set; } = new();

    public JsonObject? Spec { get; set; }

    public JsonObject? Status { get; set; }
}

/// <summary>A Lease as plain JSON, to see its times as they are written.</summary>
[KubernetesEntity(Group = "coordination.k8s.io", ApiVersion = "v1", Kind = "Lease", PluralName = "leases")]
public sealed class RawLease : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "coordination.k8s.io/v1";

    public string Kind { get; set; } = "Lease";

    public V1ObjectMeta Metadata { get; set; } = new();

    public JsonObject? Spec { get; set; }
}

/// <summary>An event in the form of the core group.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Event", PluralName = "events")]
public sealed class CoreEvent : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "v1";

    public string Kind { get; set; } = "Event";

    public V1ObjectMeta Metadata { get; set; } = new();

    public JsonObject? InvolvedObject { get; set; }

    public string? Message { get; set; }

    public string? Reason { get; set; }

    public string? Type { get; set; }

    public string? EventTime { get; set; }

    public string? ReportingComponent { get; set; }
}

/// <summary>An object of a kind that no server knows.</summary>
[KubernetesEntity(Group = V1Alpha1ImageTagSet.Group, ApiVersion = V1Alpha1ImageTagSet.Version, Kind = "Nothing", PluralName = "nothings")]
public sealed class Nothing : IKubernetesObject<V1ObjectMeta>
{
    public string ApiVersion { get; set; } = "";

    public string Kind { get; set; } = "";

    public V1ObjectMeta Metadata { get; set; } = new();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RawSet))]
[JsonSerializable(typeof(RawLease))]
[JsonSerializable(typeof(CoreEvent))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class ContractJson : JsonSerializerContext
{
    public static IJsonTypeInfoResolver All => JsonTypeInfoResolver.Combine(Default, ScenarioResolver);

    private static IJsonTypeInfoResolver ScenarioResolver => Scenarios.ScenarioJson.All;
}
