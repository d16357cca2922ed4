using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Ownership;

namespace ImageTagOperator.Reconciliation;

/// <summary>What is to be done on one image.</summary>
/// <param name="Problem">Why nothing is done; null when the share is carried out.</param>
public sealed record PlannedImage(ObservedImage Observed, ImageShare Share, Problem? Problem)
{
    /// <param name="held">Why the image is left alone, whatever its share is.</param>
    public static PlannedImage Of(ObservedImage observed, Problem? held = null)
    {
        var share = observed.ShareOf(observed.Image);
        return new PlannedImage(observed, share, held ?? ImageProblems.ConflictOf(observed, share));
    }
}
