namespace ImageTagOperator.OpenStack.Images;

/// <summary>The result of "List images".</summary>
/// <param name="UnreadableIds">The ids of the entries that cannot be parsed as images.</param>
internal sealed record ImageList(IReadOnlyList<Image> Images, IReadOnlyList<string> UnreadableIds);
