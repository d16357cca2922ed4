namespace ImageTagOperator.Sandbox.Cloud;

/// <summary>Equality in MariaDB's collation <c>utf8_general_ci</c>, which Glance's tables use: it ignores case, accents and trailing
/// spaces. Written out because .NET cannot remove accents in invariant culture mode.</summary>
internal static class Collation
{
    /// <summary>The base letters of U+00C0 to U+017F.</summary>
    private const string Letters =
        "AAAAAAÆCEEEEIIIIÐNOOOOO×ØUUUUYÞSAAAAAAÆCEEEEIIIIÐNOOOOO÷ØUUUUYÞY"
        + "AAAAAACCCCCCCCDDĐĐEEEEEEEEEEGGGGGGGGHHĦĦIIIIIIIIIIĲĲJJKKĸLLLLLLĿĿŁŁNNNNNNŉŊŊOOOOOOŒŒRRRRRRSSSSSSSSTTTTŦŦUUUUUUUUUUUUWWYYYZZZZZZS";

    public static bool AreEqual(string a, string b) => Fold(a) == Fold(b);

    public static string Fold(string text) => string.Concat(text.TrimEnd(' ').Select(Fold));

    private static char Fold(char c) => c is >= 'À' and <= 'ſ' ? Letters[c - 'À'] : char.ToUpperInvariant(c);
}
