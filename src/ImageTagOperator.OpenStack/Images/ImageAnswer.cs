namespace ImageTagOperator.OpenStack.Images;

/// <summary>The result of the query for one term.</summary>
/// <param name="IsListed">True when lists contain these images, so that a list shows whether they changed.</param>
/// <param name="UnreadableIds">The ids of the list entries that cannot be parsed.</param>
/// <param name="Error">The error of the query, or null. With an error, <paramref name="Images"/> is empty.</param>
internal sealed record ImageAnswer(
    ImageTerm Term, IReadOnlyList<Image> Images, bool IsListed, CloudException? Error = null, IReadOnlyList<string>? UnreadableIds = null);
