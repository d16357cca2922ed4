using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace ImageTagOperator.Kubernetes;

/// <summary>Adds controllers and finalizers to an operator.</summary>
public sealed class OperatorBuilder
{
    internal OperatorBuilder(IServiceCollection services) => Services = services;

    public IServiceCollection Services { get; }

    /// <summary>Watches <typeparamref name="TEntity"/> and hands its objects to <typeparamref name="TController"/>. Once per kind.</summary>
    public OperatorBuilder AddController<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TController, TEntity>()
        where TController : class, IEntityController<TEntity>
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotImplementedException();

    /// <param name="identifier">As it stands in metadata.finalizers: <c>example.com/name</c>.</param>
    public OperatorBuilder AddFinalizer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFinalizer, TEntity>(string identifier)
        where TFinalizer : class, IEntityFinalizer<TEntity>
        where TEntity : class, IKubernetesObject<V1ObjectMeta> => throw new NotImplementedException();
}
