using System.Text.RegularExpressions;

namespace ImageTagOperator.IntegrationTests.Chart;

/// <summary>A value of the chart in <c>values.yaml</c>: a comment that begins with <c># --</c>, followed by the key and its
/// default.</summary>
internal sealed partial record ChartValue(string Key, string Default, string Description)
{
    /// <exception cref="FormatException">A key has no comment.</exception>
    public static IReadOnlyList<ChartValue> ReadAll(IReadOnlyList<string> lines)
    {
        var values = new List<ChartValue>();
        var path = new List<string>();
        string? description = null;
        for (var i = 0; i < lines.Count; i++)
        {
            if (Comment().Match(lines[i]) is { Success: true } comment)
            {
                var text = comment.Groups["text"].Value;
                description = comment.Groups["begins"].Success ? text : description is null ? null : $"{description} {text}";
                continue;
            }

            if (Entry().Match(lines[i]) is not { Success: true } entry) continue;
            var depth = entry.Groups["indent"].Length / 2;
            if (depth > path.Count) continue;   // inside of a value that was already read
            path.RemoveRange(depth, path.Count - depth);
            path.Add(entry.Groups["key"].Value);
            var inline = entry.Groups["value"].Value;
            var nested = lines.Skip(i + 1).TakeWhile(line => line.StartsWith(new string(' ', (depth + 1) * 2), StringComparison.Ordinal))
                .ToArray();
            if (inline.Length > 0 || description is not null)
            {
                if (description is null) throw new FormatException(
                    $"values.yaml, line {i + 1}: {string.Join('.', path)} has no comment that begins with '# --'.");
                values.Add(new(string.Join('.', path), inline.Length > 0 ? inline
                    : $"{{{string.Join(", ", nested.Select(line => line.Trim()))}}}", description));
                if (inline.Length == 0) i += nested.Length;
            }

            description = null;
        }

        return values;
    }

    [GeneratedRegex("^ *# (?<begins>-- )?(?<text>.*)$")]
    private static partial Regex Comment();

    [GeneratedRegex("^(?<indent> *)(?<key>[A-Za-z]+):(?: (?<value>.*))?$")]
    private static partial Regex Entry();
}
