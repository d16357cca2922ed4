using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Ownership;

namespace ImageTagOperator.Reconciliation;

/// <summary>The plan for one image of a set.</summary>
/// <param name="Problem">Why the share is not applied; null when it is.</param>
public sealed record PlannedImage(ObservedImage Observed, ImageShare Share, Problem? Problem)
{
    /// <summary>The set may not change its images now. A proof that it can write changes nothing, and is sent.</summary>
    public bool IsHeld { get; init; }

    /// <param name="problem">A problem that prevents all writes to the image, or null.</param>
    public static PlannedImage Of(ObservedImage observed, Problem? problem = null)
    {
        var share = observed.ShareOf(observed.Image);
        return new PlannedImage(observed, share, problem ?? ImageProblems.ConflictOf(observed, share));
    }
}
