using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes.Json;
using k8s.Models;

namespace ImageTagOperator.Benchmarks;

/// <summary>An ImageTagSet under another name, so that no operator on a shared server reconciles it.</summary>
[KubernetesEntity(Group = "bench.imagetags.io", ApiVersion = "v1", Kind = "BenchmarkSet", PluralName = "benchmarksets")]
public sealed class BenchmarkSet : CustomKubernetesEntity<ImageTagSetSpec, ImageTagSetStatus>
{
    internal static JsonSerializerOptions Json { get; } = KubernetesJson.Options(BenchmarkSetJson.Default);

    internal static JsonTypeInfo<BenchmarkSet> TypeInfo { get; } = (JsonTypeInfo<BenchmarkSet>)Json.GetTypeInfo(typeof(BenchmarkSet));

    /// <summary>A set with five tags on one image, in its normal state.</summary>
    internal static BenchmarkSet Sample(int number, string inNamespace, int generation = 1)
    {
        string[] tags = ["golden", "lts", "cis-2026.1", "kernel-6.12", "stable"];
        var id = new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10).ToString();
        return new()
        {
            ApiVersion = "bench.imagetags.io/v1",
            Kind = "BenchmarkSet",
            Metadata = new()
            {
                Name = $"image-{number}",
                NamespaceProperty = inNamespace,
                Uid = id,
                Generation = generation,
                ResourceVersion = (1_000_000L + (generation * 100_000L) + number).ToString(CultureInfo.InvariantCulture),
                Labels = new Dictionary<string, string> { ["app.kubernetes.io/part-of"] = "images" },
            },
            Spec = new()
            {
                CloudCredentialsRef = new() { SecretName = "openstack-clouds", CloudName = "demo" },
                Image = new() { Id = id },
                Tags = tags,
            },
            Status = new()
            {
                ObservedGeneration = generation,
                ImageEndpoint = "https://image.example.com/v2",
                ImageCount = 1,
                TagCount = tags.Length,
                Conditions = [
                    new V1Condition { Type = "Ready", Status = "True", Reason = "InSync", Message = "1 image has the 5 tags as declared" }],
                Images = [new ImageState { Id = id, Name = $"image-{number}", ManagedTags = tags, OriginalTags = [] }],
            },
        };
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BenchmarkSet))]
internal sealed partial class BenchmarkSetJson : JsonSerializerContext;
