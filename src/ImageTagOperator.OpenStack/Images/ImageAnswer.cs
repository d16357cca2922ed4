namespace ImageTagOperator.OpenStack.Images;

/// <summary>What came of asking for one term.</summary>
/// <param name="IsListed">Lists show these images, so that a list can tell whether they changed.</param>
/// <param name="Odd">The ids of what a list shows and that cannot be read.</param>
/// <param name="Error">Why nothing is known; then there are no images here.</param>
internal sealed record ImageAnswer(
    ImageTerm Term, IReadOnlyList<Image> Images, bool IsListed, CloudException? Error = null, IReadOnlyList<string>? Odd = null);
