using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Shared;

namespace ImageTagOperator.Kubernetes.Json;

/// <summary>The JSON options for objects: camelCase, nulls left out, strict numbers.</summary>
public static class KubernetesJson
{
    /// <summary>Read-only options for the runtime's own types and those of <paramref name="extraTypes"/>.</summary>
    public static JsonSerializerOptions Options(IJsonTypeInfoResolver extraTypes)
    {
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine(KubernetesJsonContext.Default, extraTypes)
                .WithAddedModifier(PackageTypes.Adapt),
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.Strict,
            Converters = { new SharedStringConverter() },
        };
        options.MakeReadOnly();
        return options;
    }

    internal static JsonTypeInfo<T> TypeInfo<T>(this JsonSerializerOptions options) => (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
}
