using ImageTagOperator.OpenStack;
using ImageTagOperator.Planning;

namespace ImageTagOperator.Reconciliation;

/// <summary>How it went with one image.</summary>
/// <param name="Image">As it was last read.</param>
/// <param name="Plan">What is still to be done.</param>
/// <param name="Added">Tags that were added: seen on the image, or at least acknowledged where it could not be read again.</param>
/// <param name="Removed">Tags that were removed, likewise.</param>
public sealed record ImageResult(ImageJob Job, Image Image, TagPlan Plan, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, Problem? Problem)
{
    /// <summary>Nothing was done yet.</summary>
    public static ImageResult Untouched(ImageJob job, Problem? problem = null) => new(job, job.Image, job.PlanFor(job.Image), [], [], problem);
}
