using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Controllers;
using ImageTagOperator.Entities;
using ImageTagOperator.Hosting.Metrics;
using ImageTagOperator.Kubernetes.Configuration;
using ImageTagOperator.Kubernetes.Hosting;
using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.OpenStack.Addresses;
using ImageTagOperator.OpenStack.Http;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Telemetry;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace ImageTagOperator.Hosting;

/// <summary>Builds the host of the operator.</summary>
public static class OperatorHost
{
    public static readonly string Version = typeof(OperatorHost).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <param name="logging">Configures logging; none by default.</param>
    /// <param name="replace">Replaces services, for tests.</param>
    public static IHost Build(
        OperatorOptions options, KubernetesClientConfiguration kubernetes, Action<ILoggingBuilder>? logging = null,
            TimeProvider? time = null, Action<IServiceCollection>? replace = null)
    {
        var certificate = options.MetricsAddress is null ? null : MetricsCertificate.Of(options.MetricsCertPath);
        // Not a WebApplication: three endpoints need no routing and no configuration files, which are a tenth of the program.
        var app = new HostBuilder()
            .UseConsoleLifetime()
            .ConfigureLogging(builder =>
            {
                builder.ClearProviders();
                logging?.Invoke(builder);
            })
            .ConfigureServices(services =>
            {
                AddServices(services, options, kubernetes, time ?? TimeProvider.System);
                replace?.Invoke(services);
            })
            .ConfigureWebHost(web => web.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, options, certificate))
                .Configure(http => http.MapHealth()), settings => settings.SuppressEnvironmentConfiguration = true)
            .Build();
        Activity.TraceIdGenerator = RequestIds.NewTraceId;
        _ = app.Services.GetRequiredService<MetricCollector>();     // before there are measurements
        _ = app.Services.GetRequiredService<OpenTelemetryExport>();
        _ = app.Services.GetRequiredService<TagMetrics>();
        _ = app.Services.GetRequiredService<SetGauges>();
        BuildInfo(app.Services.GetRequiredService<IMeterFactory>());
        _ = app.Services.GetRequiredService<SetRegistry>();   // observes the cache before the first reconcile
        return app;
    }

    /// <summary>The addresses of the health endpoints, once the host has started.</summary>
    public static ICollection<string> AddressesOf(IHost app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;

    private static void AddServices(
        IServiceCollection services, OperatorOptions options, KubernetesClientConfiguration kubernetes, TimeProvider time) => services
        .AddSingleton(time)
        .AddSingleton(options)
        .AddSingleton(kubernetes)
        .AddSingleton(new OperatorPod(options.IsInCluster ? kubernetes.Namespace : null))
        .AddSingleton<IJsonTypeInfoResolver>(ImageTagSetJson.Default)
#pragma warning disable RS0030 // this is where randomness enters the program
        .AddSingleton(new RequeuePolicy(Random.Shared.NextDouble))
#pragma warning restore RS0030
        .AddSingleton<MetricCollector>()
        .AddSingleton<MetricsGuard>()
        .AddSingleton<TagMetrics>()
        .AddSingleton<SetGauges>()
        .AddSingleton(provider => OpenTelemetryExport.Start(
            Version, Environment.GetEnvironmentVariable, provider.GetRequiredService<ILogger<OpenTelemetryExport>>()))
        .AddSingleton(provider => Sessions(options, provider))
        .AddSingleton<SharedSecrets>()
        .AddSingleton<ICloudDirectory, SecretClouds>()
        .AddSingleton<KubernetesStatusStore>()
        .AddSingleton<IStatusStore>(provider => provider.GetRequiredService<KubernetesStatusStore>())
        .AddReconciliation()
        .AddSingleton<Announcer>()
        .AddKubernetesOperator(settings => Configure(settings, options))
        .AddController<ImageTagSetController, V1Alpha1ImageTagSet>()
        .AddFinalizer<ImageTagSetFinalizer, V1Alpha1ImageTagSet>(V1Alpha1ImageTagSet.Finalizer);

    private static void Listen(KestrelServerOptions kestrel, OperatorOptions options, MetricsCertificate? certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.ConfigureEndpointDefaults(static endpoint => endpoint.Protocols = HttpProtocols.Http1);
        ListenAddress.Listen(kestrel, options.HealthAddress, static _ => { });
        if (certificate is null) return;
        ListenAddress.Listen(kestrel, options.MetricsAddress!, endpoint => endpoint.UseHttps(
            new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.ForConnection()) }));
    }

    private static CloudSessions Sessions(OperatorOptions options, IServiceProvider services)
    {
        var state = services.GetRequiredService<OperatorState>();
        return new(options.Cloud, services.GetRequiredService<TimeProvider>(), () => state.IsLeader,
            services.GetRequiredService<IMeterFactory>(), AllowedClouds.Of(options.AllowedClouds, options.IsInCluster));
    }

    private static void BuildInfo(IMeterFactory meters) => meters.Create(TagMetrics.Name).CreateObservableGauge(
        "imagetags.build.info",
        static () => new Measurement<int>(1, new("version", Version), new("runtime", Environment.Version.ToString())),
        null,
        "1, with the versions of the operator and of .NET as labels.");

    private static void Configure(OperatorSettings settings, OperatorOptions options)
    {
        settings.Name = "image-tag-operator";
        settings.Version = Version;
        settings.Namespaces = options.Namespaces;
        settings.ReconcileRequestAnnotation = V1Alpha1ImageTagSet.RequestedAtAnnotation;
        settings.MaxParallelReconciliations = 64;    // they mostly wait for clouds, and each cloud has its own limits
        settings.MaxParallelPerNamespace = 32;
        // Retries reach a cloud, which is more expensive than an API server.
        settings.FailureBackoffInitial = TimeSpan.FromMilliseconds(200);
        settings.FailureBackoffCap = entity => entity is V1Alpha1ImageTagSet set ? RequeuePolicy.Interval(set.Spec.Interval) : null;
        settings.LeaderElection.Enabled = options.LeaderElection;
        settings.LeaderElection.LeaseName = options.LeaderElectionName;
        settings.LeaderElection.LeaseNamespace = options.LeaderElectionNamespace;
        if (options.Shard.Count == 1) return;
        settings.IsOurs = entity => entity is not V1Alpha1ImageTagSet set || options.Shard.Owns(set);
        // All shards hold the Lease that an operator without shards holds, so another number of shards waits until they all ended.
        settings.LeaderElection.LeaseName = $"{options.LeaderElectionName}-{options.Shard.Index}";
        settings.LeaderElection.GroupLeaseName = options.LeaderElectionName;
        settings.LeaderElection.GroupIdentity = options.Shard.Division;
    }
}
