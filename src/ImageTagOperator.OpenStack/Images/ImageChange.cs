namespace ImageTagOperator.OpenStack.Images;

/// <summary>What is known of a term has changed.</summary>
/// <param name="Images">Each image that differs, as it was and as it is; one of the two where it is new or gone.</param>
public sealed record ImageChange(ImageTerm Term, IReadOnlyList<Image> Images);
