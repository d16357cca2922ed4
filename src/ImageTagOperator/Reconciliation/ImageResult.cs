using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>What was done on one image.</summary>
/// <param name="Image">As it was last read.</param>
/// <param name="Share">What is still to be done.</param>
/// <param name="Added">Tags that were added: seen on the image, or at least acknowledged where it could not be read again.</param>
/// <param name="Removed">Tags that were removed, likewise.</param>
public sealed record ImageResult(
    PlannedImage Planned, Image Image, ImageShare Share, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, Problem? Problem)
{
    public ObservedImage Observed => Planned.Observed;

    /// <summary>What is still to be written.</summary>
    public TagPlan Plan => Share.Plan;

    public bool IsChanged => Added.Count + Removed.Count > 0;

    /// <summary>The writes that were done.</summary>
    public IEnumerable<TagStep> Done =>
        [.. Added.Select(tag => new TagStep(TagVerb.Add, tag)), .. Removed.Select(tag => new TagStep(TagVerb.Remove, tag))];

    public static ImageResult Untouched(PlannedImage planned, Problem? problem = null) =>
        new(planned, planned.Observed.Image, planned.Share, [], [], problem ?? planned.Problem);
}
