using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Telemetry;

namespace ImageTagOperator.Reconciliation;

/// <summary>Applies the plan of one image: write, read again, compare, and plan again when the cloud lost a write.</summary>
/// <param name="listener">Receives the writes; null when there is no listener.</param>
public sealed class TagApplier(
    ImageNeighbours neighbours, ServerErrors serverErrors, TagMetrics metrics, TimeProvider time, WriteListener? listener = null)
{
    /// <summary>The maximum lag of the replicas of the cloud's database.</summary>
    public static readonly TimeSpan ReplicaLag = TimeSpan.FromSeconds(2);

    /// <summary>The maximum age of a reading for a write.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);

    /// <summary>The maximum time to hold the image's gate while another reconcile waits for it.</summary>
    public static readonly TimeSpan MaxTurn = TimeSpan.FromSeconds(10);

    /// <summary>Applies the plan. Errors of the cloud are part of the result.</summary>
    /// <param name="removals">The limit on removals, shared by all images of the reconcile.</param>
    public async Task<ImageResult> ApplyAsync(PlannedImage planned, RemovalBudget removals, CancellationToken cancellationToken)
    {
        var isIdle = planned.IsHeld && planned.Share.Writes(isHeld: true).IsEmpty;
        if (planned.Problem is not null || isIdle) return ImageResult.Untouched(planned);
        try
        {
            var gate = planned.Observed.Gate;
            using var turn = await gate.EnterAsync(planned.Observed.Set.Key.Namespace ?? "", cancellationToken);
            if (ImageProblems.UncertainOf(planned.Observed, time) is { } running) return ImageResult.Untouched(planned, running);
            var write = new ImageWrite(planned, removals, gate, neighbours, serverErrors, metrics, time, listener);
            return await write.RunAsync(cancellationToken);
        }
        catch (CloudException e)
        {
            return ImageResult.Untouched(planned, Problems.Of(e));
        }
    }
}
