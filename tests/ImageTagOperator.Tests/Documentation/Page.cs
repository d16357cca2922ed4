using System.Text.RegularExpressions;
using ImageTagOperator.Tests.Commands;

namespace ImageTagOperator.Tests.Documentation;

/// <summary>A Markdown file of the repository.</summary>
/// <param name="Name">Its path relative to the repository, with slashes.</param>
internal sealed partial record Page(string Name, string[] Lines)
{
    private static readonly string Root = CommandRun.RepositoryFolder();

    /// <summary>All pages for readers. Build artifacts contain Markdown too, which is skipped.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. new[] { "*.md", "docs/**", "charts/**", "hack/*.md" }.SelectMany(Files).Order(StringComparer.Ordinal)
            .Select(name => new Page(name, File.ReadAllLines(Path.Combine(Root, name)))),
    ];

    public static Page Of(string name) => All.Single(page => page.Name == name);

    /// <summary>The lines of hand-written text and their numbers, without code and generated text.</summary>
    public IEnumerable<(int Number, string Text)> Prose()
    {
        var (fenced, generated) = (false, false);
        for (var i = 0; i < Lines.Length; i++)
        {
            var line = Lines[i];
            if (line.TrimStart().StartsWith("```", StringComparison.Ordinal)) fenced = !fenced;
            else if (BeginOfGenerated().IsMatch(line)) generated = true;
            else if (EndOfGenerated().IsMatch(line)) generated = false;
            else if (!fenced && !generated && !IndentedCode().IsMatch(line)) yield return (i + 1, line);
        }
    }

    /// <summary>The anchors that GitHub generates for the headings.</summary>
    public IReadOnlySet<string> Anchors()
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        var fenced = false;
        foreach (var line in Lines)
        {
            if (line.StartsWith("```", StringComparison.Ordinal)) fenced = !fenced;
            if (!fenced && Heading().Match(line) is { Success: true } heading) anchors.Add(AnchorOf(heading.Groups[1].Value));
        }

        return anchors;
    }

    /// <summary>The links to other files of this repository, and their line numbers.</summary>
    public IEnumerable<(int Number, string Target)> Links() =>
        from line in Prose()
        from Match link in Link().Matches(InlineCode().Replace(line.Text, "code"))
        let target = link.Groups[1].Value
        where !target.Contains("://", StringComparison.Ordinal)
        select (line.Number, target);

    private static string AnchorOf(string heading) =>
        NoPartOfAnchor().Replace(heading.Trim().ToLowerInvariant(), "").Replace(' ', '-');

    private static IEnumerable<string> Files(string pattern)
    {
        var folder = Path.Combine(Root, Path.GetDirectoryName(pattern)!);
        var depth = pattern.EndsWith("**", StringComparison.Ordinal) ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly;
        return Directory.EnumerateFiles(folder, "*.md", depth).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'));
    }

    [GeneratedRegex("^<!-- (answers|metrics|fields|results|values: .*|reference: .*) -->$")]
    private static partial Regex BeginOfGenerated();

    [GeneratedRegex("^<!-- (/.*|end of .*) -->$")]
    private static partial Regex EndOfGenerated();

    [GeneratedRegex(@"^    +(?![-*] |\d+\. )\S")]
    private static partial Regex IndentedCode();

    [GeneratedRegex("^#+ (.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoPartOfAnchor();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex InlineCode();
}
