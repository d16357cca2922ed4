using Microsoft.Extensions.DependencyInjection;

namespace ImageTagOperator.Kubernetes;

public static class ServiceCollectionExtensions
{
    /// <summary>Adds the runtime as a hosted service, with <see cref="IKubernetesClient"/>, <see cref="EventPublisher"/> and <see cref="OperatorState"/>,
    /// and per kind <see cref="IEntityCache{TEntity}"/> and <see cref="IEntityQueue{TEntity}"/>. The application registers a
    /// <see cref="KubernetesClientConfiguration"/> and an <see cref="System.Text.Json.Serialization.Metadata.IJsonTypeInfoResolver"/> for its entities.</summary>
    public static OperatorBuilder AddKubernetesOperator(this IServiceCollection services, Action<OperatorSettings>? configure = null) =>
        throw new NotImplementedException();
}
