using ImageTagOperator.Entities;
using ImageTagOperator.OpenStack;

namespace ImageTagOperator.Reconciliation;

/// <summary>The images of a status that were not among those found.</summary>
/// <param name="Holders">Those that match all the same, read by their ids: the list that lacked them was not complete.</param>
/// <param name="Jobs">What has to be done on those that are left.</param>
/// <param name="Gone">Those that the cloud does not show (any more).</param>
/// <param name="Unreached">Those of which nothing could be learned, with the reason and the message of what was in the way.</param>
/// <param name="Kept">Those that the credentials do not lead to any more although the spec is the same: their tags stay.</param>
/// <param name="Retained">Those that the spec lets go and whose tags stay, as <c>deletionPolicy</c> says.</param>
/// <param name="Problem">What was in the way first.</param>
public sealed record Departures(
    IReadOnlyList<(Image Image, ImageReading Reading)> Holders,
    IReadOnlyList<ImageJob> Jobs,
    IReadOnlyList<ImageState> Gone,
    IReadOnlyList<ImageState> Unreached,
    IReadOnlyList<ImageState> Kept,
    IReadOnlyList<ImageState> Retained,
    Problem? Problem)
{
    public static readonly Departures None = new([], [], [], [], [], [], null);
}
