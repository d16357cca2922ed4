using ImageTagOperator.Entities;

namespace ImageTagOperator.Reconciliation;

/// <summary>The images of a status that the set does not apply to any more.</summary>
/// <param name="Jobs">What has to be done on those that were found.</param>
/// <param name="Gone">Those that the cloud does not show (any more).</param>
/// <param name="Unreached">Those of which nothing could be learned, with the reason and the message of what was in the way.</param>
/// <param name="Problem">What was in the way first.</param>
public sealed record Departures(IReadOnlyList<ImageJob> Jobs, IReadOnlyList<ImageState> Gone, IReadOnlyList<ImageState> Unreached, Problem? Problem)
{
    public static readonly Departures None = new([], [], [], null);
}
