namespace ImageTagOperator.Planning.Selection;

/// <summary>The facts about an image that a selector can check.</summary>
/// <param name="Property">Returns the value of a property of the image; null when it has none.</param>
public sealed record ImageFacts(
    string Id,
    string? Name,
    string? Owner,
    string? Visibility,
    string Status,
    DateTimeOffset? Created,
    IReadOnlyCollection<string> Tags,
    Func<string, string?> Property);
