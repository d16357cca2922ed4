using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ImageTagOperator.Kubernetes.Json;

/// <summary>Adds JSON details that the types of KubernetesClient lack.</summary>
internal static class PackageTypes
{
    /// <summary>The written fields of type MicroTime; every other time is a Time.</summary>
    private static readonly HashSet<string> MicroTimes = ["acquireTime", "renewTime", "eventTime"];

    private static readonly MicroTimeConverter MicroTime = new();
    private static readonly TimeConverter Time = new();

    public static void Adapt(JsonTypeInfo type)
    {
        if (type.Type.Assembly != typeof(V1ObjectMeta).Assembly) return;
        for (var index = type.Properties.Count - 1; index >= 0; index--)
        {
            var property = type.Properties[index];
            if (property.PropertyType == typeof(DateTime?)) property.CustomConverter = Converter(property.Name);

            // Only the server needs managedFields, which is three times as large as the rest of the metadata.
            if (property.Name == "managedFields" && type.Type == typeof(V1ObjectMeta)) type.Properties.RemoveAt(index);
        }
    }

    private static JsonConverter Converter(string name) => MicroTimes.Contains(name) ? MicroTime : Time;
}
