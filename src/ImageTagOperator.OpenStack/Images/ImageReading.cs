namespace ImageTagOperator.OpenStack.Images;

/// <summary>The images of one term as the cloud returned them.</summary>
/// <param name="Images">The images that match the term; empty when there are none.</param>
/// <param name="AsOf">The time of the request. Later changes can be missing.</param>
/// <param name="Sequence"><see cref="ImageGates.Sequence"/> at that time. It shows whether an image was written since.</param>
public sealed record ImageReading(IReadOnlyList<Image> Images, DateTimeOffset AsOf, long Sequence)
{
    /// <summary>The ids of the list entries that cannot be parsed as images.</summary>
    public IReadOnlyList<string> UnreadableIds { get; init; } = [];
}
