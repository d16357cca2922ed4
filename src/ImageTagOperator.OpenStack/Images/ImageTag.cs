namespace ImageTagOperator.OpenStack.Images;

/// <summary>What the Image API can and cannot do with a tag's text.</summary>
public static class ImageTag
{
    /// <summary>Characters, not bytes; Glance answers 400 to a PUT above it and 404 to a DELETE.</summary>
    public const int MaxLength = 255;

    /// <summary>Why no request may carry this tag in its path, as the end of a sentence, or null when it may.
    /// Such tags come onto an image with its creation or a PATCH.</summary>
    public static string? WhyNotAddressable(string tag) => tag switch
    {
        "" => "is empty, and the API has no address for an empty tag",
        "." or ".." => "is folded away in every URL, and the call would reach the image itself",
        { Length: > MaxLength } => $"is longer than {MaxLength} characters",
        _ when tag.Contains('/') => "contains '/', which the API takes for the end of the tag",
        _ when tag.Any(c => c > '\u007F') => "contains a character that is not ASCII, which the API reads as other text",
        _ when tag.Any(c => c is < ' ' or '\u007F') => "contains a control character",
        _ => null,
    };

    /// <summary>True when a MariaDB behind Glance takes the two for the same tag although they differ: it folds case, accents and trailing
    /// blanks. Once both are stored, deleting either answers 500 for ever.</summary>
    public static bool Collides(string left, string right)
    {
        if (left == right) return false;
        var (a, b) = (left.TrimEnd(' '), right.TrimEnd(' '));
        return a.Length == b.Length && a.Zip(b).All(pair => SameLetter(pair.First, pair.Second));
    }

    private static bool SameLetter(char a, char b) =>
        char.ToUpperInvariant(a) == char.ToUpperInvariant(b)
        || (IsAccented(a) && (IsAccented(b) || char.IsAsciiLetter(b)))
        || (IsAccented(b) && char.IsAsciiLetter(a));

    /// <summary>A Latin letter with a diacritic. Which base letter it folds to depends on the database's collation, so any is
    /// assumed.</summary>
    private static bool IsAccented(char c) => c is (>= '\u00C0' and <= '\u024F') or (>= '\u1E00' and <= '\u1EFF');
}
