using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Kubernetes.Authorization;
using ImageTagOperator.Kubernetes.Client;
using ImageTagOperator.Kubernetes.Events;
using ImageTagOperator.Kubernetes.Json;
using ImageTagOperator.Kubernetes.Leases;
using ImageTagOperator.Kubernetes.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ImageTagOperator.Kubernetes.Hosting;

public static class ServiceCollectionExtensions
{
    /// <summary>Adds the runtime as a hosted service with <see cref="IKubernetesClient"/>, <see cref="EventPublisher"/> and
    /// <see cref="OperatorState"/>, and <see cref="IEntityCache{TEntity}"/> and <see cref="IEntityQueue{TEntity}"/> for each kind. The
    /// application must register a <see cref="KubernetesClientConfiguration"/> and an <see cref="IJsonTypeInfoResolver"/> for its entities.
    /// It can register a <see cref="TimeProvider"/> and, for jitter, a <c>Func&lt;double&gt;</c> that returns 0 to 1.</summary>
    public static OperatorBuilder AddKubernetesOperator(this IServiceCollection services, Action<OperatorSettings>? configure = null)
    {
        var settings = new OperatorSettings();
        configure?.Invoke(settings);
        services.AddLogging();
        services.AddSingleton(settings);
        services.AddMetrics();
        services.AddSingleton<OperatorState>();
        services.AddSingleton<RuntimeMetrics>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Jitter.Default);
        services.TryAddSingleton<IKubernetesClient>(CreateGuardedClient);
        services.TryAddSingleton(static provider => new CoordinationClient(CreateClient(provider)));
        services.TryAddSingleton(static provider => new AccessReviewer(
            provider.GetRequiredService<CoordinationClient>().Client, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(CreateElectors);
        services.AddSingleton(CreateEventFactory);
        services.AddSingleton(CreateRecorder);
        services.AddSingleton(CreateOwnNamespace);
        services.AddSingleton<EventPublisher>(static provider => provider.GetRequiredService<EventRecorder>().PublishAsync);
        services.AddSingleton<IHostedService>(static provider => new OperatorHost(
            provider.GetServices<IEntityRuntime>(),
            provider.GetRequiredService<EventRecorder>(),
            provider.GetRequiredService<IReadOnlyList<LeaderElector>>(),
            provider.GetRequiredService<OwnNamespace>(),
            provider.GetRequiredService<OperatorSettings>(),
            provider.GetRequiredService<OperatorState>(),
            provider.GetRequiredService<IHostApplicationLifetime>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<OperatorHost>>()));
        // The host must wait longer than the runtime, which stops the reconciles and releases the lease.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.ShutdownTimeout + TimeSpan.FromSeconds(15));
        return new OperatorBuilder(services);
    }

    private static KubernetesClient CreateClient(IServiceProvider services)
    {
        var settings = services.GetRequiredService<OperatorSettings>();
        return new KubernetesClient(
            services.GetRequiredService<KubernetesClientConfiguration>(),
            services.GetRequiredService<IJsonTypeInfoResolver>(),
            $"{settings.Name}/{settings.Version}",
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<Func<double>>(),
            settings.RequestTimeout,
            services.GetRequiredService<ILogger<KubernetesClient>>());
    }

    private static KubernetesClient CreateGuardedClient(IServiceProvider services)
    {
        var client = CreateClient(services);
        var state = services.GetRequiredService<OperatorState>();
        if (services.GetRequiredService<OperatorSettings>().LeaderElection.Enabled) client.MayWrite = () => state.IsLeader;
        return client;
    }

    /// <summary>The elector of the replicas, and second the one of a group, if there is one.</summary>
    private static IReadOnlyList<LeaderElector> CreateElectors(IServiceProvider services)
    {
        var settings = services.GetRequiredService<OperatorSettings>();
        var election = settings.LeaderElection;
        var own = CreateElector(services, election.LeaseName ?? settings.Name, Identity(election));
        return election.GroupIdentity is not { } group ? [own]
            : [own, CreateElector(services, election.GroupLeaseName ?? settings.Name, group)];
    }

    private static LeaderElector CreateElector(IServiceProvider services, string leaseName, string identity)
    {
        var election = services.GetRequiredService<OperatorSettings>().LeaderElection;
        var configuration = services.GetRequiredService<KubernetesClientConfiguration>();
        return new LeaderElector(
            services.GetRequiredService<CoordinationClient>().Client,
            election,
            new NamespacedName(election.LeaseNamespace ?? configuration.Namespace, leaseName),
            identity,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<Func<double>>(),
            services.GetRequiredService<ILogger<LeaderElector>>());
    }

    private static EventFactory CreateEventFactory(IServiceProvider services)
    {
        var settings = services.GetRequiredService<OperatorSettings>();
        return new EventFactory(settings.Name, Identity(settings.LeaderElection), services.GetRequiredService<TimeProvider>());
    }

    private static EventRecorder CreateRecorder(IServiceProvider services)
    {
        var time = services.GetRequiredService<TimeProvider>();
        return new EventRecorder(
            services.GetRequiredService<IKubernetesClient>(),
            services.GetRequiredService<EventFactory>(),
            new EventSpamFilter(time),
            time,
            services.GetRequiredService<ILogger<EventRecorder>>());
    }

    private static OwnNamespace CreateOwnNamespace(IServiceProvider services) => new(
        services.GetRequiredService<KubernetesClientConfiguration>().Namespace,
        services.GetRequiredService<OperatorSettings>().Namespaces,
        services.GetRequiredService<CoordinationClient>(),
        services.GetRequiredService<EventFactory>(),
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<OwnNamespace>>());

    /// <summary>The name of the pod identifies the replica; the suffix tells a restarted container from its predecessor.</summary>
    private static string Identity(LeaderElectionSettings election) =>
        election.Identity ??= $"{Environment.MachineName}_{Guid.NewGuid():N}"[..Math.Min(Environment.MachineName.Length + 9, 120)];
}
