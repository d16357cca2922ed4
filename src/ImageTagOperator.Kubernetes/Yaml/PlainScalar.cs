using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Kubernetes.Yaml;

/// <summary>The meaning of a scalar without quotes, as in kubectl (sigs.k8s.io/yaml): the YAML 1.2 core schema plus the words and octal
/// numbers of YAML 1.1, so that <c>tags: [on]</c> is the same mistake in both.</summary>
internal static partial class PlainScalar
{
    /// <exception cref="FormatException">The number cannot be represented in JSON.</exception>
    public static JsonNode? Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "y" or "Y" or "on" or "On" or "ON":
                return JsonValue.Create(true);
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "n" or "N" or "off" or "Off" or "OFF":
                return JsonValue.Create(false);
            case ".nan" or ".NaN" or ".NAN" or ".inf" or ".Inf" or ".INF" or "+.inf" or "+.Inf" or "+.INF" or "-.inf" or "-.Inf" or "-.INF":
                throw new FormatException($"{text} is not a number that JSON has");
            default:
                return Number(text) ?? JsonValue.Create(text);
        }
    }

    /// <summary>Whether the text would be read as a different value when written without quotes.</summary>
    public static bool IsAmbiguous(string text) =>
        text.TrimStart('+', '-') is ".nan" or ".NaN" or ".NAN" or ".inf" or ".Inf" or ".INF"
        || Resolve(text) is not JsonValue value || !value.TryGetValue<string>(out _);

    private static JsonValue? Number(string text)
    {
        if (text[0] is not ((>= '0' and <= '9') or '+' or '-' or '.')) return null;
        if (Integer().Match(text) is { Success: true } match && ParseInteger(match) is { } integer) return ToJson(integer);
        var plain = text.Replace("_", "", StringComparison.Ordinal);
        if (!Float().IsMatch(plain)) return null;
        var value = double.Parse(plain, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value) ? JsonValue.Create(value) : throw new FormatException($"{text} is too large for a number");
    }

    private static BigInteger? ParseInteger(Match match)
    {
        var digits = match.Groups["digits"].Value.Replace("_", "", StringComparison.Ordinal);
        var radix = match.Groups["base"].Value switch
        {
            "0x" or "0X" => 16,
            "0b" or "0B" => 2,
            "0o" or "0O" or "0" => 8,
            _ => 10,
        };
        var value = BigInteger.Zero;
        foreach (var digit in digits)
        {
            var number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
            if (number >= radix) return null; // 09 is not an octal number
            value = (value * radix) + number;
        }

        return match.Groups["sign"].Value == "-" ? -value : value;
    }

    private static JsonValue ToJson(BigInteger value) =>
        value >= long.MinValue && value <= long.MaxValue ? JsonValue.Create((long)value)
        : value > 0 && value <= ulong.MaxValue ? JsonValue.Create((ulong)value)
        : JsonValue.Create((double)value);

    [GeneratedRegex("^(?<sign>[-+]?)(?<base>0[xX]|0[bB]|0[oO]|0(?=[0-9_]))?(?<digits>[0-9a-fA-F_]*[0-9a-fA-F][0-9a-fA-F_]*)$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Float();
}
