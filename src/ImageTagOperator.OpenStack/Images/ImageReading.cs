namespace ImageTagOperator.OpenStack.Images;

/// <summary>What a cloud said of its images.</summary>
/// <param name="Images">Those that the question was about; none when there are none.</param>
/// <param name="AsOf">When it was asked: what happened later may be missing.</param>
/// <param name="Sequence"><see cref="ImageGates.Sequence"/> at that time: tells whether one of the images was written to since.</param>
public sealed record ImageReading(IReadOnlyList<Image> Images, DateTimeOffset AsOf, long Sequence)
{
    /// <summary>The ids of what the cloud shows in the list and what is no image as the API documents it.</summary>
    public IReadOnlyList<string> Odd { get; init; } = [];
}
