using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Controllers;
using ImageTagOperator.Kubernetes.Entities;
using ImageTagOperator.Kubernetes.Queueing;
using ImageTagOperator.Kubernetes.Telemetry;
using ImageTagOperator.Kubernetes.Watching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Hosting;

/// <summary>Adds controllers and finalizers to an operator.</summary>
public sealed class OperatorBuilder
{
    internal OperatorBuilder(IServiceCollection services) => Services = services;

    public IServiceCollection Services { get; }

    /// <summary>Watches <typeparamref name="TEntity"/> and reconciles its objects with <typeparamref name="TController"/>.</summary>
    /// <exception cref="InvalidOperationException">The kind already has a controller.</exception>
    public OperatorBuilder AddController<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TController,
        TEntity>()
        where TController : class, IEntityController<TEntity>
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        if (Services.Any(service => service.ServiceType == typeof(EntityRuntime<TEntity>)))
        {
            throw new InvalidOperationException(
                $"{EntityDefinition.Of<TEntity>().Kind} has a controller already: an object has one owner.");
        }

        Services.TryAddScoped<TController>();
        Services.AddSingleton(static services => new EntityCache<TEntity>(Log<EntityCache<TEntity>>(services)));
        Services.AddSingleton<IEntityCache<TEntity>>(static services => services.GetRequiredService<EntityCache<TEntity>>());
        Services.AddSingleton(static services => new EntityQueue<TEntity>(
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<OperatorSettings>().MaxParallelPerNamespace));
        Services.AddSingleton<IEntityQueue<TEntity>>(static services => services.GetRequiredService<EntityQueue<TEntity>>());
        Services.AddSingleton(static services => Runtime<TController, TEntity>(services));
        Services.AddSingleton<IEntityRuntime>(static services => services.GetRequiredService<EntityRuntime<TEntity>>());
        return this;
    }

    /// <summary>Runs <typeparamref name="TFinalizer"/> before an object is deleted. Several finalizers of one kind run in the order in
    /// which they were added.</summary>
    /// <param name="identifier">The name in metadata.finalizers, such as <c>example.com/name</c>.</param>
    public OperatorBuilder AddFinalizer<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TFinalizer,
        TEntity>(string identifier)
        where TFinalizer : class, IEntityFinalizer<TEntity>
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        Services.TryAddScoped<TFinalizer>();
        Services.AddSingleton(FinalizerRegistration<TEntity>.Of<TFinalizer>(identifier));
        return this;
    }

    private static EntityRuntime<TEntity> Runtime<TController, TEntity>(IServiceProvider services)
        where TController : class, IEntityController<TEntity>
        where TEntity : class, IKubernetesObject<V1ObjectMeta>
    {
        var settings = services.GetRequiredService<OperatorSettings>();
        var time = services.GetRequiredService<TimeProvider>();
        var random = services.GetRequiredService<Func<double>>();
        var client = services.GetRequiredService<IKubernetesClient>();
        var cache = services.GetRequiredService<EntityCache<TEntity>>();
        var metrics = services.GetRequiredService<RuntimeMetrics>();
        var json = KubernetesJson.Options(services.GetRequiredService<IJsonTypeInfoResolver>());
        var codec = new EntityCodec<TEntity>(json, Log<KubernetesClient>(services));
        FinalizerRegistration<TEntity>[] finalizers = [.. services.GetServices<FinalizerRegistration<TEntity>>()];
        var failures = new KnownFailures();
        var reconciler = new EntityReconciler<TEntity>(
            cache,
            codec,
            services.GetRequiredService<IServiceScopeFactory>(),
            new FinalizerWriter<TEntity>(client),
            finalizers,
            static scope => scope.GetRequiredService<TController>(),
            settings,
            failures,
            Log<EntityReconciler<TEntity>>(services));
        var backoff = new FailureBackoff(settings.FailureBackoffInitial, settings.FailureBackoffMaximum, random);
        var queue = services.GetRequiredService<EntityQueue<TEntity>>();
        metrics.AddKind(EntityDefinition.Of<TEntity>().Kind, () => queue.Work.Depth);
        var runs = new RunningReconciles(settings.ReconcileTimeout, settings.SupersededGrace, time);
        services.GetRequiredService<OperatorState>().Watch(() => runs.SinceProgress < settings.ProgressTimeout);
        var workers = new EntityWorkers<TEntity>(
            cache, queue, reconciler, backoff, runs, failures, settings, metrics, time, Log<EntityWorkers<TEntity>>(services));
        return new EntityRuntime<TEntity>(
            client, cache, codec, [.. finalizers.Select(finalizer => finalizer.Identifier)], workers, settings, metrics, time, random,
                Log<EntityWatch<TEntity>>(services));
    }

    private static ILogger<T> Log<T>(IServiceProvider services) => services.GetRequiredService<ILogger<T>>();
}
