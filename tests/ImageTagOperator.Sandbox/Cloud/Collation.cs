namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Equality as MariaDB's <c>utf8_general_ci</c> has it, which Glance's tables use: case, accents and trailing blanks do not count.
/// Written out because the invariant culture mode, in which all of this runs, cannot take accents off.</summary>
internal static class Collation
{
    /// <summary>What the letters from U+00C0 to U+017F are equal to.</summary>
    private const string Letters =
        "AAAAAAÆCEEEEIIIIÐNOOOOO×ØUUUUYÞSAAAAAAÆCEEEEIIIIÐNOOOOO÷ØUUUUYÞY"
        + "AAAAAACCCCCCCCDDĐĐEEEEEEEEEEGGGGGGGGHHĦĦIIIIIIIIIIĲĲJJKKĸLLLLLLĿĿŁŁNNNNNNŉŊŊOOOOOOŒŒRRRRRRSSSSSSSSTTTTŦŦUUUUUUUUUUUUWWYYYZZZZZZS";

    public static bool AreEqual(string a, string b) => Fold(a) == Fold(b);

    public static string Fold(string text) => string.Concat(text.TrimEnd(' ').Select(Fold));

    private static char Fold(char c) => c is >= 'À' and <= 'ſ' ? Letters[c - 'À'] : char.ToUpperInvariant(c);
}
