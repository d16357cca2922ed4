using System.Globalization;
using System.Text.RegularExpressions;

namespace ImageTagOperator.Planning.Scheduling;

/// <summary>Durations as Kubernetes writes them (Go's time.ParseDuration): <c>30s</c>, <c>10m</c>, <c>1h30m</c>.</summary>
public static partial class GoDuration
{
    public const string Pattern = @"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$";

    /// <summary>Null when the text is not a duration, or is longer than 366 days.</summary>
    public static TimeSpan? Parse(string text)
    {
        // In .NET, $ also matches before a trailing line break.
        if (text.EndsWith('\n') || !Whole().IsMatch(text)) return null;
        var seconds = 0.0;
        foreach (var match in Part().EnumerateMatches(text))
        {
            var part = text.AsSpan(match.Index, match.Length);
            var unit = part.IndexOfAny("msh");
            seconds += double.Parse(part[..unit], CultureInfo.InvariantCulture) * part[unit..] switch
            {
                "ms" => 0.001,
                "s" => 1,
                "m" => 60,
                _ => 3600,
            };
        }

        return seconds <= TimeSpan.FromDays(366).TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    [GeneratedRegex(Pattern)]
    private static partial Regex Whole();

    [GeneratedRegex(@"[0-9.]+(ms|s|m|h)")]
    private static partial Regex Part();
}
