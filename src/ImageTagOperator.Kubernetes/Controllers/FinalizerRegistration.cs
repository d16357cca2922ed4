using Microsoft.Extensions.DependencyInjection;

namespace ImageTagOperator.Kubernetes.Controllers;

/// <summary>A finalizer and its name in metadata.finalizers.</summary>
internal sealed record FinalizerRegistration<TEntity>(string Identifier, Func<IServiceProvider, IEntityFinalizer<TEntity>> Resolve)
    where TEntity : class, IKubernetesObject<V1ObjectMeta>
{
    public static FinalizerRegistration<TEntity> Of<TFinalizer>(string identifier)
        where TFinalizer : class, IEntityFinalizer<TEntity> =>
            new(identifier, static services => services.GetRequiredService<TFinalizer>());
}
