namespace ImageTagOperator.OpenStack.Images;

/// <summary>The limits of the Image API on the text of a tag.</summary>
public static class ImageTag
{
    /// <summary>The maximum length in characters. Above it, Glance answers 400 to a PUT and 404 to a DELETE.</summary>
    public const int MaxLength = 255;

    /// <summary>Why a request path cannot contain this tag, as the end of a sentence; or null. An image can get such a tag when it is
    /// created or with a PATCH.</summary>
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

    /// <summary>True when the MariaDB of Glance treats two different tags as equal: it ignores case, accents and trailing blanks. When an
    /// image has both, a DELETE of either always answers 500.</summary>
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

    /// <summary>A Latin letter with a diacritic. The base letter depends on the collation of the database, so this matches any
    /// letter.</summary>
    private static bool IsAccented(char c) => c is (>= '\u00C0' and <= '\u024F') or (>= '\u1E00' and <= '\u1EFF');
}
