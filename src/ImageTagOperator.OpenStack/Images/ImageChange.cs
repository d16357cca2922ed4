namespace ImageTagOperator.OpenStack.Images;

/// <summary>A change of the images of one term.</summary>
/// <param name="Images">For each changed image the old and the new state; only one of them for an added or deleted image.</param>
public sealed record ImageChange(ImageTerm Term, IReadOnlyList<Image> Images);
