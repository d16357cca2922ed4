namespace ImageTagOperator.OpenStack.Images;

/// <summary>What a list shows.</summary>
/// <param name="Odd">The ids of what is no image as the API documents it, as far as they have one.</param>
internal sealed record ImageList(IReadOnlyList<Image> Images, IReadOnlyList<string> Odd);
