using System.Diagnostics.CodeAnalysis;
using ImageTagOperator.Entities;
using ImageTagOperator.Hosting;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Scheduling;
using ImageTagOperator.Reconciliation;
using ImageTagOperator.Telemetry;

namespace ImageTagOperator.Commands.Manifests;

/// <summary>What reconciles in the operator, over manifests instead of a cluster: what it plans and does here is what the operator
/// would.</summary>
internal sealed class ManifestOperator : IDisposable
{
    private readonly ServiceProvider services;
    private readonly SetReconciler reconciler;

    /// <param name="sets">All that have a say, those of the cluster included.</param>
    /// <param name="listener">Follows the writes.</param>
    public ManifestOperator(
        IReadOnlyCollection<V1Alpha1ImageTagSet> sets, ICloudDirectory directory, TimeProvider time, WriteListener? listener = null)
    {
        // By these the operator knows a set and what it has seen of it, and only a server gives them.
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

    /// <summary>What would be done for each of the sets. Nothing is written.</summary>
    /// <param name="planned">Called after each set.</param>
    public Task<IReadOnlyDictionary<NamespacedName, SetResult>> PlanAsync(
        IReadOnlyCollection<V1Alpha1ImageTagSet> sets, Action planned, CancellationToken cancellationToken) =>
            EachAsync(sets, onlyPlan: true, planned, cancellationToken);

    /// <summary>Does it, once.</summary>
    public Task<IReadOnlyDictionary<NamespacedName, SetResult>> ApplyAsync(
        IReadOnlyCollection<V1Alpha1ImageTagSet> sets, CancellationToken cancellationToken) =>
            EachAsync(sets, onlyPlan: false, static () => { }, cancellationToken);

    public void Dispose() => services.Dispose();

    /// <summary>Side by side, so that they share requests; the cloud's limits are kept below.</summary>
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

    /// <summary>What nobody foresaw at one set does not keep the others from their plans.</summary>
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
