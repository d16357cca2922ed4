using System.Text.Json.Serialization.Metadata;
using ImageTagOperator.Entities;
using ImageTagOperator.Kubernetes;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Reconciliation;

namespace ImageTagOperator.Hosting;

/// <summary>Puts the operator together.</summary>
public static class OperatorHost
{
    public static readonly string Version = typeof(OperatorHost).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <param name="logging">Sets up where logs go; none by default.</param>
    public static WebApplication Build(OperatorOptions options, KubernetesClientConfiguration kubernetes, Action<ILoggingBuilder>? logging = null, TimeProvider? time = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        logging?.Invoke(builder.Logging);
        builder.WebHost.UseUrls(options.HealthAddress).UseKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Services
            .AddSingleton(time ?? TimeProvider.System)
            .AddSingleton(options)
            .AddSingleton(kubernetes)
            .AddSingleton<IJsonTypeInfoResolver>(ImageTagSetJson.Default)
#pragma warning disable RS0030 // this is where randomness enters the program
            .AddSingleton(new Pace(Random.Shared.NextDouble))
#pragma warning restore RS0030
            .AddSingleton(services => Sessions(options, services.GetRequiredService<OperatorState>(), services.GetRequiredService<TimeProvider>()))
            .AddSingleton<ICloudDirectory, SecretClouds>()
            .AddSingleton<CloudResolver>()
            .AddSingleton<ClaimBook>()
            .AddSingleton<ImageReadings>()
            .AddSingleton<ImageFinder>()
            .AddSingleton<ServerErrors>()
            .AddSingleton<Contention>()
            .AddSingleton<TagApplier>()
            .AddSingleton<Releaser>()
            .AddSingleton<Announcer>()
            .AddKubernetesOperator(settings => Configure(settings, options))
            .AddController<ImageTagSetController, V1Alpha1ImageTagSet>()
            .AddFinalizer<ImageTagSetFinalizer, V1Alpha1ImageTagSet>(V1Alpha1ImageTagSet.Finalizer);

        var app = builder.Build();
        _ = app.Services.GetRequiredService<ClaimBook>();   // sees the cache fill, before the first reconcile
        app.MapHealth();
        return app;
    }

    private static CloudSessions Sessions(OperatorOptions options, OperatorState state, TimeProvider time) =>
        new(options.Cloud, time, () => state.IsLeader);

    private static void Configure(OperatorSettings settings, OperatorOptions options)
    {
        settings.Name = "image-tag-operator";
        settings.Version = Version;
        settings.Namespaces = options.Namespaces;
        settings.ReconcileRequestAnnotation = V1Alpha1ImageTagSet.RequestedAtAnnotation;
        settings.MaxParallelReconciliations = 64;    // they wait for clouds, most of the time: each cloud has limits of its own
        settings.FailureBackoffInitial = TimeSpan.FromMilliseconds(200);     // the retries reach a cloud, which is dearer than an API server
        settings.FailureBackoffCap = entity => entity is V1Alpha1ImageTagSet set ? Pace.Interval(set.Spec) : null;
        settings.LeaderElection.Enabled = options.LeaderElection;
        settings.LeaderElection.LeaseNamespace = options.LeaderElectionNamespace;
    }
}
