using System.Diagnostics.CodeAnalysis;
using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;
using ImageTagOperator.Reconciliation;
using Microsoft.Extensions.Logging.Abstractions;

namespace ImageTagOperator.Commands;

/// <summary>The operator's own controller, put together over manifests instead of a cluster: what it plans and does here is what the operator
/// would.</summary>
internal sealed class ManifestOperator : IDisposable
{
    private readonly ManifestCluster cluster;
    private readonly CloudSessions sessions;
    private readonly SetRegistry registry;
    private readonly ImageTagSetController controller;

    /// <param name="sets">All that have a say, those of the cluster included.</param>
    /// <param name="written">Told of each write.</param>
    /// <param name="stop">Asks for an end between two writes.</param>
    public ManifestOperator(
        IReadOnlyCollection<V1Alpha1ImageTagSet> sets, ICloudDirectory directory, TimeProvider time, Action<ImageJob, TagStep>? written = null, CancellationToken stop = default)
    {
        // By these the operator knows a set and what it has seen of it, and only a server gives them.
        foreach (var metadata in sets.Select(set => set.Metadata)) (metadata.Uid, metadata.Generation) = (metadata.Uid ?? $"{metadata.NamespaceProperty}/{metadata.Name}", metadata.Generation ?? 1);
        cluster = new ManifestCluster(sets);
        sessions = new CloudSessions(new CloudLimits(), time);
        registry = new SetRegistry(cluster, cluster);
        var clouds = new CloudResolver(directory, sessions);
        var readings = new ImageReadings(cluster);
        var neighbours = new ImageNeighbours(registry, clouds, time);
        var releaser = new Releaser(clouds, registry, neighbours, new OperatorOptions(), time);
        var metrics = new TagMetrics();
        var applier = new TagApplier(neighbours, new ServerErrors(time), metrics, time) { Stop = stop, Written = written };
        var announcer = new Announcer(static (_, _, _, _, _) => Task.CompletedTask, NullLogger<Announcer>.Instance);
        controller = new ImageTagSetController(
            new StatusWriter(cluster, NullLogger<StatusWriter>.Instance), clouds, readings, new ImageFinder(readings), registry, neighbours, releaser, applier, new Contention(time), new Pace(() => 0.5), announcer, metrics, time);
    }

    /// <summary>What would be done for each of the sets. Nothing is written.</summary>
    public async Task<IReadOnlyDictionary<NamespacedName, Outcome>> PlanAsync(IReadOnlyCollection<V1Alpha1ImageTagSet> sets, CancellationToken cancellationToken)
    {
        var outcomes = await EachAsync(sets, controller.PlanAsync, cancellationToken);
        return outcomes.ToDictionary(result => result.Set.Key(), result => result.Outcome);
    }

    /// <summary>Does it, once.</summary>
    public async Task<IReadOnlyDictionary<NamespacedName, Outcome>> ApplyAsync(IReadOnlyCollection<V1Alpha1ImageTagSet> sets, CancellationToken cancellationToken) =>
        (await EachAsync(sets, controller.CarryOutAsync, cancellationToken)).ToDictionary(result => result.Set.Key(), result => result.Outcome);

    public void Dispose()
    {
        registry.Dispose();
        sessions.Dispose();
    }

    /// <summary>Side by side, so that they share requests; the cloud's limits are kept below.</summary>
    private static Task<(V1Alpha1ImageTagSet Set, Outcome Outcome)[]> EachAsync(
        IEnumerable<V1Alpha1ImageTagSet> sets, Func<V1Alpha1ImageTagSet, CancellationToken, Task<Outcome>> run, CancellationToken cancellationToken) =>
        Task.WhenAll(sets.Select(async set => (set, await RunAsync(set, run, cancellationToken))));

    /// <summary>What nobody foresaw at one set does not keep the others from their plans.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it is told in the set's place")]
    private static async Task<Outcome> RunAsync(
        V1Alpha1ImageTagSet set, Func<V1Alpha1ImageTagSet, CancellationToken, Task<Outcome>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run(set, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            var problem = Problem.Unforeseen(error);
            return Outcome.Failed(problem with { Message = $"{problem.Message} {error.Message}" });
        }
    }
}
