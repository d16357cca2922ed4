using System.Text.RegularExpressions;

namespace ImageTagOperator.Sandbox.Kubernetes;

/// <summary>A labelSelector: <c>a=b</c>, <c>a!=b</c>, <c>a in (b,c)</c>, <c>a notin (b,c)</c>, <c>a</c>, <c>!a</c>, with commas between.
/// </summary>
internal sealed partial class LabelSelector
{
    private readonly List<Func<IReadOnlyDictionary<string, string>, bool>> terms = [];

    public bool IsEmpty => terms.Count == 0;

    public bool Matches(IReadOnlyDictionary<string, string> labels) => terms.TrueForAll(term => term(labels));

    public static LabelSelector Parse(string? text)
    {
        var selector = new LabelSelector();
        var rest = text?.Trim() ?? "";
        while (rest.Length > 0)
        {
            var match = Term().Match(rest);
            if (!match.Success)
                throw Refusals.BadRequest($"unable to parse requirement: invalid label selector: {FieldError.Quote(text!)}");
            selector.terms.Add(TermOf(match));
            rest = rest[match.Length..];
        }

        return selector;
    }

    private static Func<IReadOnlyDictionary<string, string>, bool> TermOf(Match match)
    {
        var key = match.Groups["key"].Value;
        if (match.Groups["set"].Success)
        {
            var values = match.Groups["values"].Value.Split(',', StringSplitOptions.TrimEntries).ToHashSet();
            // An absent label is in no set.
            return match.Groups["set"].Value == "in"
                ? labels => labels.TryGetValue(key, out var value) && values.Contains(value)
                : labels => !labels.TryGetValue(key, out var value) || !values.Contains(value);
        }

        if (match.Groups["operator"].Success)
        {
            var wanted = match.Groups["value"].Value;
            return match.Groups["operator"].Value == "!="
                ? labels => !labels.TryGetValue(key, out var value) || value != wanted
                : labels => labels.TryGetValue(key, out var value) && value == wanted;
        }

        var present = !match.Groups["not"].Success;
        return labels => labels.ContainsKey(key) == present;
    }

    [GeneratedRegex(
        @"^\s*((?<key>[-A-Za-z0-9_./]+)\s+(?<set>in|notin)\s*\((?<values>[^)]*)\)|" +
        @"(?<key>[-A-Za-z0-9_./]+)\s*(?<operator>==|!=|=)\s*(?<value>[-A-Za-z0-9_.]*)|(?<not>!)?\s*(?<key>[-A-Za-z0-9_./]+))\s*(,|\z)",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Term();
}
