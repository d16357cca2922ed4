namespace ImageTagOperator.OpenStack.Images;

/// <summary>Tags of the Image Management Service (API reference, "Image Tag Format" and "Adding or Modifying a Tag"): a key of letters,
/// digits, <c>_</c> and <c>-</c>, with an optional value. The operator writes a tag with a value as <c>key=value</c>. A call sets the value
/// of a key and replaces the old value; a DELETE takes only the key.</summary>
public static class ImsTag
{
    /// <summary>The maximum lengths for a tag with a value, in characters.</summary>
    public const int MaxKeyLength = 36;
    public const int MaxValueLength = 43;

    /// <summary>The maximum number of tags with a value on one image.</summary>
    public const int MaxTagsWithValue = 10;

    /// <summary>Splits a tag into its key and its value; the value is null when there is none.</summary>
    public static (string Key, string? Value) Split(string tag) => tag.Split('=', 2) is [var key, var value] ? (key, value) : (tag, null);

    /// <summary>The tag as <c>key=value</c>. The API reference uses <c>key.value</c> and some responses use <c>key=value</c>; a key
    /// contains neither character.</summary>
    public static string Canonical(string tag)
    {
        var split = tag.IndexOfAny(['=', '.']);
        return split < 0 ? tag : split == tag.Length - 1 ? tag[..split] : $"{tag[..split]}={tag[(split + 1)..]}";
    }

    /// <summary>Why IMS rejects this tag, as the end of a sentence; or null.</summary>
    public static string? WhyNotAllowed(string tag)
    {
        var (key, value) = Split(tag);
        return !key.All(IsAllowed) || value?.All(IsAllowed) == false
            ? "may hold letters, digits, '_' and '-' only, and one '=' between a key and its value"
            : value is null ? null
            : key.Length is 0 or > MaxKeyLength ? $"needs a key of 1 to {MaxKeyLength} characters before its '='"
            : value.Length is 0 or > MaxValueLength ? $"needs a value of 1 to {MaxValueLength} characters behind its '='"
            : null;
    }

    /// <summary>True for two different tags with the same key. IMS replaces one with the other.</summary>
    public static bool HaveSameKey(string left, string right) => left != right && Split(left).Key == Split(right).Key;

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
