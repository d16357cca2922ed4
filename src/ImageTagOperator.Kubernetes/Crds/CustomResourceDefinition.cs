using System.Text.Json;
using System.Text.Json.Nodes;

namespace ImageTagOperator.Kubernetes;

/// <summary>Makes a CustomResourceDefinition (apiextensions.k8s.io/v1) from an entity class and its attributes.</summary>
public static class CustomResourceDefinition
{
    /// <param name="options">From <see cref="KubernetesJson.Options"/>, so that the schema is of exactly what the client sends.</param>
    /// <exception cref="NotSupportedException">The schema would need something that a structural schema cannot say.</exception>
    public static JsonObject Generate<TEntity>(JsonSerializerOptions options)
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotImplementedException();
}
