namespace ImageTagOperator.OpenStack.Images;

/// <summary>Tags of the Image Management Service (API reference, "Image Tag Format" and "Adding or Modifying a Tag"): a key of letters,
/// digits, <c>_</c> and <c>-</c>, with or without a value. Here one with a value is written <c>key=value</c>; a call sets it for a key,
/// whatever the value was before, and the key alone deletes it.</summary>
public static class ImsTag
{
    /// <summary>Of a tag that has a value.</summary>
    public const int LongestKey = 36;
    public const int LongestValue = 43;

    /// <summary>Tags with values that an image can have.</summary>
    public const int MostWithValue = 10;

    /// <summary>The key, and the value or null.</summary>
    public static (string Key, string? Value) Split(string tag) => tag.Split('=', 2) is [var key, var value] ? (key, value) : (tag, null);

    /// <summary>The reference writes <c>key.value</c>, some answers <c>key=value</c>. As neither character can be in a key, both are
    /// clear.</summary>
    public static string Canonical(string tag)
    {
        var split = tag.IndexOfAny(['=', '.']);
        return split < 0 ? tag : split == tag.Length - 1 ? tag[..split] : $"{tag[..split]}={tag[(split + 1)..]}";
    }

    /// <summary>Why IMS takes no such tag, as the end of a sentence, or null when it does.</summary>
    public static string? WhyNotAllowed(string tag)
    {
        var (key, value) = Split(tag);
        return !key.All(IsAllowed) || value?.All(IsAllowed) == false
            ? "may hold letters, digits, '_' and '-' only, and one '=' between a key and its value"
            : value is null ? null
            : key.Length is 0 or > LongestKey ? $"needs a key of 1 to {LongestKey} characters before its '='"
            : value.Length is 0 or > LongestValue ? $"needs a value of 1 to {LongestValue} characters behind its '='"
            : null;
    }

    /// <summary>Two tags of one key: setting one takes the place of the other.</summary>
    public static bool HaveSameKey(string left, string right) => left != right && Split(left).Key == Split(right).Key;

    private static bool IsAllowed(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
