namespace ImageTagOperator.Planning.Tags;

/// <summary>The tags of one image, from every side that a plan looks at.</summary>
/// <param name="Live">On the image now.</param>
/// <param name="Managed">Put there or declared by this set before, as its status says.</param>
/// <param name="DeclaredByOthers">Declared for the same image by other sets.</param>
public sealed record ImageTags(
    IReadOnlyCollection<string> Live, IReadOnlyCollection<string> Managed, IReadOnlyCollection<string> DeclaredByOthers);
