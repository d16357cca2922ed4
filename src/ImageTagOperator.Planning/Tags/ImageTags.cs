namespace ImageTagOperator.Planning.Tags;

/// <summary>The tags of one image, as input of a plan.</summary>
/// <param name="Live">The tags on the image now.</param>
/// <param name="Managed">The tags that this set manages according to its status.</param>
/// <param name="DeclaredByOthers">The tags that other sets declare for the same image.</param>
public sealed record ImageTags(
    IReadOnlyCollection<string> Live, IReadOnlyCollection<string> Managed, IReadOnlyCollection<string> DeclaredByOthers);
