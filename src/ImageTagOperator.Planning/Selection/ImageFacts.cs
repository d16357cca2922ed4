namespace ImageTagOperator.Planning.Selection;

/// <summary>What a selector can look at.</summary>
/// <param name="Property">The value of one of the image's properties, or null.</param>
public sealed record ImageFacts(
    string Id,
    string? Name,
    string? Owner,
    string? Visibility,
    string Status,
    DateTimeOffset? Created,
    IReadOnlyCollection<string> Tags,
    Func<string, string?> Property);
