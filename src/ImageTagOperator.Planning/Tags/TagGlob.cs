namespace ImageTagOperator.Planning.Tags;

/// <summary>Globs over tags: <c>*</c> is any run of characters, <c>?</c> any one; all else stands for itself, case included.</summary>
public static class TagGlob
{
    public static bool IsMatch(string glob, string text)
    {
        // Most globs need no more than this look.
        if (glob.Length - glob.AsSpan().Count('*') > text.Length) return false;

        // Walks both once; on a mismatch it goes back to the last star and lets that take one character more.
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
