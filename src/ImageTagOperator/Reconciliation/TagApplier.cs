using ImageTagOperator.Memory;
using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning.Guards;
using ImageTagOperator.Telemetry;

namespace ImageTagOperator.Reconciliation;

/// <summary>Carries out the plan of one image: write, read again, compare, and plan again when the cloud lost a write.</summary>
/// <param name="listener">Follows the writes; null: nobody does.</param>
public sealed class TagApplier(
    ImageNeighbours neighbours, ServerErrors serverErrors, TagMetrics metrics, TimeProvider time, WriteListener? listener = null)
{
    /// <summary>How long a write is given to show on every replica of the cloud's database.</summary>
    public static readonly TimeSpan ReplicaLag = TimeSpan.FromSeconds(2);

    /// <summary>A reading may be this old when a write follows from it.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(5);

    /// <summary>After this, who waits for the image's gate has a turn first.</summary>
    public static readonly TimeSpan Turn = TimeSpan.FromSeconds(10);

    /// <summary>Never fails for the cloud's sake: what went wrong with one image is in its result.</summary>
    /// <param name="removals">What may still be removed; the images of a reconcile share it.</param>
    public async Task<ImageResult> ApplyAsync(PlannedImage planned, RemovalBudget removals, CancellationToken cancellationToken)
    {
        if (planned.Problem is not null) return ImageResult.Untouched(planned);
        try
        {
            var gate = planned.Observed.Gate;
            using var right = await gate.EnterAsync(planned.Observed.Set.Key.Namespace ?? "", cancellationToken);
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
