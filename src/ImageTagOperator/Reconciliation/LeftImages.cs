using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Conditions;

namespace ImageTagOperator.Reconciliation;

/// <summary>The images of a status that the set's query did not return.</summary>
/// <param name="StillMatching">Images that still match when read by id: the list was incomplete.</param>
/// <param name="Leaving">Images that the set no longer applies to and whose tags it removes.</param>
/// <param name="Gone">Images that were deleted or are no longer visible.</param>
/// <param name="Unreached">Images that could not be read, with the reason and the message.</param>
/// <param name="Kept">Images that stay managed, because the credentials changed or no other image replaced them.</param>
/// <param name="Retained">Images that the spec no longer selects and whose tags stay, because <c>deletionPolicy</c> is Retain.</param>
/// <param name="Problem">The first problem of the unreachable images, or null.</param>
public sealed record LeftImages(
    IReadOnlyList<(Image Image, ImageReading Reading)> StillMatching,
    IReadOnlyList<ObservedImage> Leaving,
    IReadOnlyList<ImageState> Gone,
    IReadOnlyList<ImageState> Unreached,
    IReadOnlyList<ImageState> Kept,
    IReadOnlyList<ImageState> Retained,
    Problem? Problem)
{
    public static readonly LeftImages None = new([], [], [], [], [], [], null);
}
