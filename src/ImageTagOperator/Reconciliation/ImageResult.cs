using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Tags;

namespace ImageTagOperator.Reconciliation;

/// <summary>The result of a reconcile for one image.</summary>
/// <param name="Image">The image as last read.</param>
/// <param name="Share">The remaining changes.</param>
/// <param name="Added">The added tags: verified with a read, or only acknowledged when the image could not be read again.</param>
/// <param name="Removed">The removed tags, verified or acknowledged in the same way.</param>
public sealed record ImageResult(
    PlannedImage Planned, Image Image, ImageShare Share, IReadOnlyList<string> Added, IReadOnlyList<string> Removed, Problem? Problem)
{
    public ObservedImage Observed => Planned.Observed;

    /// <summary>The remaining writes.</summary>
    public TagPlan Plan => Share.Plan;

    /// <summary>What the writes showed about the permission to write; null when they showed nothing.</summary>
    public WriteAccess? WriteAccess { get; init; }

    public bool IsChanged => Added.Count + Removed.Count > 0;

    /// <summary>The completed writes.</summary>
    public IEnumerable<TagStep> Done =>
        [.. Added.Select(tag => new TagStep(TagVerb.Add, tag)), .. Removed.Select(tag => new TagStep(TagVerb.Remove, tag))];

    public static ImageResult Untouched(PlannedImage planned, Problem? problem = null) =>
        new(planned, planned.Observed.Image, planned.Share, [], [], problem ?? planned.Problem);
}
