namespace ImageTagOperator.Planning.Tags;

/// <summary>Globs over tags: <c>*</c> matches any run of characters, <c>?</c> any one; all else matches itself, case-sensitive.</summary>
public static class TagGlob
{
    /// <summary>What every text that matches begins with.</summary>
    public static string Prefix(string glob) => glob[..(glob.AsSpan().IndexOfAny('*', '?') is var end and >= 0 ? end : glob.Length)];

    public static bool IsMatch(string glob, string text)
    {
        // A fast check that rejects most tags: the glob needs more characters than the text has.
        if (glob.Length - glob.AsSpan().Count('*') > text.Length) return false;

        // Walks both once. On a mismatch it goes back to the last star and lets it match one more character.
        var (g, t, star, mark) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (g < glob.Length && glob[g] == '*') (star, mark) = (g++, t);
            else if (g < glob.Length && (glob[g] == '?' || glob[g] == text[t])) (g, t) = (g + 1, t + 1);
            else if (star >= 0) (g, t) = (star + 1, ++mark);
            else return false;
        }

        return glob.AsSpan(g).TrimStart('*').IsEmpty;
    }
}
