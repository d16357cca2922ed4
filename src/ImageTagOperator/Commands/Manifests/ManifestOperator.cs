using System.Diagnostics.CodeAnalysis;
using ImageTagOperator.Entities;
using ImageTagOperator.Hosting;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Telemetry;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>Runs the operator's reconciler over manifests instead of a cluster, so that its plans and changes are the operator's.</summary>
internal sealed class ManifestOperator : IDisposable
{
    private readonly ServiceProvider services;
    private readonly SetReconciler reconciler;

    /// <param name="sets">All sets that can claim images, including those of the cluster.</param>
    /// <param name="listener">Observes the writes.</param>
    public ManifestOperator(
        IReadOnlyCollection<V1Alpha1ImageTagSet> sets, ICloudDirectory directory, TimeProvider time, WriteListener? listener = null)
    {
        // The operator identifies a set and its generation by these fields, which only a server sets.
        foreach (var metadata in sets.Select(set => set.Metadata))
        {
            (metadata.Uid, metadata.Generation) = (metadata.Uid ?? $"{metadata.NamespaceProperty}/{metadata.Name}", metadata.Generation
                ?? 1);
        }

        var cluster = new ManifestCluster(sets);
        var collection = new ServiceCollection()
            .AddSingleton(time)
            .AddSingleton(directory)
            .AddSingleton(new OperatorOptions { DriftProbe = TimeSpan.Zero })
            .AddSingleton(new RequeuePolicy(static () => 0.5))
            .AddSingleton(new TagMetrics())
            .AddSingleton<IEntityCache<V1Alpha1ImageTagSet>>(cluster)
            .AddSingleton<IEntityQueue<V1Alpha1ImageTagSet>>(cluster)
            .AddSingleton<IStatusStore>(cluster)
            .AddSingleton(_ => new CloudSessions(new CloudLimits(), time))
            .AddReconciliation();
        if (listener is not null) collection.AddSingleton(listener);
        services = collection.BuildServiceProvider();
        reconciler = services.GetRequiredService<SetReconciler>();
    }

    /// <summary>Plans each of the sets without writing anything.</summary>
    /// <param name="planned">Called after each set was planned.</param>
    public Task<IReadOnlyDictionary<NamespacedName, SetResult>> PlanAsync(
        IReadOnlyCollection<V1Alpha1ImageTagSet> sets, Action planned, CancellationToken cancellationToken) =>
            EachAsync(sets, onlyPlan: true, planned, cancellationToken);

    /// <summary>Reconciles each of the sets once.</summary>
    public Task<IReadOnlyDictionary<NamespacedName, SetResult>> ApplyAsync(
        IReadOnlyCollection<V1Alpha1ImageTagSet> sets, CancellationToken cancellationToken) =>
            EachAsync(sets, onlyPlan: false, static () => { }, cancellationToken);

    public void Dispose() => services.Dispose();

    /// <summary>Runs all sets concurrently, so that they share requests. The limits of each cloud still apply.</summary>
    private async Task<IReadOnlyDictionary<NamespacedName, SetResult>> EachAsync(
        IEnumerable<V1Alpha1ImageTagSet> sets, bool onlyPlan, Action done, CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(sets.Select(async set =>
        {
            var result = await RunAsync(set, onlyPlan, cancellationToken);
            done();
            return (set, Result: result);
        }));
        return results.ToDictionary(one => one.set.Key(), one => one.Result);
    }

    /// <summary>An unexpected exception for one set must not stop the others.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it is told in the set's place")]
    private async Task<SetResult> RunAsync(V1Alpha1ImageTagSet set, bool onlyPlan, CancellationToken cancellationToken)
    {
        try
        {
            return await reconciler.ReconcileAsync(set, onlyPlan, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            var problem = Problems.Unforeseen(error);
            return SetResult.Failed(problem with { Message = $"{problem.Message} {error.Message}" });
        }
    }
}
