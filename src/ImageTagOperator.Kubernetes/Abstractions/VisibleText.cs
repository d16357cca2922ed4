using System.Globalization;
using System.Text;

namespace ImageTagOperator.Kubernetes.Abstractions;

/// <summary>Makes untrusted text safe to show. Control characters move the cursor of a terminal; characters that change the direction of
/// text or are invisible make it read differently.</summary>
public static class VisibleText
{
    /// <summary>Escapes all of them, as <c>\\x1b</c> or <c>\\u{202e}</c>.</summary>
    /// <param name="most">The most characters of the result; an ellipsis replaces the rest.</param>
    public static string Of(string text, int most = int.MaxValue) => Escaped(text, most, keepsLines: false);

    /// <summary>Like <see cref="Of"/>, but keeps line breaks.</summary>
    public static string Lines(string text) => Escaped(text, int.MaxValue, keepsLines: true);

    /// <summary>Escapes a JSON or YAML document in which such characters occur only inside double quotes, in the notation that both use
    /// there.</summary>
    public static string InQuotes(string document)
    {
        if (document.All(static c => c is (>= ' ' and <= '~') or '\n')) return document;
        var result = new StringBuilder(document.Length);
        foreach (var rune in document.EnumerateRunes())
        {
            if (rune.Value is '\n' or '\r' || !IsHidden(rune)) result.Append(rune);
            else foreach (var unit in rune.ToString()) result.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
        }

        return result.ToString();
    }

    private static string Escaped(string text, int most, bool keepsLines)
    {
        if (text.Length <= most && text.All(static c => c is >= ' ' and <= '~')) return text;
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())      // an unpaired surrogate becomes U+FFFD
        {
            if ((keepsLines && rune.Value is '\n' or '\r') || !IsHidden(rune)) result.Append(rune);
            else if (rune.Value < 0x100) result.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}");
            else result.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            if (result.Length > most) return result.ToString(0, char.IsHighSurrogate(result[most - 2]) ? most - 2 : most - 1) + "…";
        }

        return result.ToString();
    }

    /// <summary>Nobody sees it, or it looks like a blank and is none, such as the no-break space.</summary>
    internal static bool IsHidden(Rune rune) => rune.Value != ' ' && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator;
}
