using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>The images of a status that were not among those found.</summary>
/// <param name="Holders">Those that match all the same, read by their ids: the list that lacked them was not complete.</param>
/// <param name="Leaving">Those that the set leaves.</param>
/// <param name="Gone">Those that the cloud does not show (any more).</param>
/// <param name="Unreached">Those of which nothing could be learned, with the reason and the message of what was in the way.</param>
/// <param name="Kept">Those whose tags stay the set's, although it does not find them or nothing has taken their place.</param>
/// <param name="Retained">Those that the spec lets go and whose tags stay, as <c>deletionPolicy</c> says.</param>
/// <param name="Problem">What was in the way first.</param>
public sealed record LeftImages(
    IReadOnlyList<(Image Image, ImageReading Reading)> Holders,
    IReadOnlyList<ObservedImage> Leaving,
    IReadOnlyList<ImageState> Gone,
    IReadOnlyList<ImageState> Unreached,
    IReadOnlyList<ImageState> Kept,
    IReadOnlyList<ImageState> Retained,
    Problem? Problem)
{
    public static readonly LeftImages None = new([], [], [], [], [], [], null);
}
