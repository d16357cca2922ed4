using System.Text.RegularExpressions;

namespace ImageTagOperator.IntegrationTests;

/// <summary>A request in Glance's log.</summary>
/// <param name="Sender">The first part of the request id, <c>req-1f2e3d4c</c>: one per client process. Glance generates an id when a
/// request has none.</param>
/// <param name="Call">Method and path.</param>
internal sealed partial record GlanceEntry(string Sender, string Call, int Status)
{
    public bool IsWrite => !Call.StartsWith("GET ", StringComparison.Ordinal);

    /// <summary>Null when the line is not a request.</summary>
    public static GlanceEntry? Parse(string line) => Request().Match(line) is { Success: true } match
        ? new(match.Groups["sender"].Value, match.Groups["call"].Value, int.Parse(match.Groups["status"].ValueSpan, provider: null))
        : null;

    [GeneratedRegex("\\[None (?<sender>req-[0-9a-f]{8}).*\"(?<call>[A-Z]+ [^ ]+) HTTP/1\\.1\" (?<status>[0-9]{3}) ")]
    private static partial Regex Request();
}
