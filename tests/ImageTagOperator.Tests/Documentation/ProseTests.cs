using System.Text.RegularExpressions;
using Xunit;

namespace ImageTagOperator.Tests.Documentation;

/// <summary>The pages use plain technical English: the word list, and short sentences.</summary>
public sealed partial class ProseTests
{
    private const int LongestSentence = 30;
    private const int LongestReadme = 200;

    /// <summary>The other one is written by `make bench`.</summary>
    public static TheoryData<string> Pages => [.. Page.All.Select(page => page.Name).Where(name => name != "docs/benchmarks.md")];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Words_are_plain(string name)
    {
        var found =
            from line in Page.Of(name).Prose()
            let text = Text(line.Text)
            from rule in PlainWords.All
            from Match match in rule.Word.Matches(text)
            select $"{name}:{line.Number}: '{match.Value}': write {rule.Instead}";
        AssertNone(found);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Sentences_are_short(string name)
    {
        var found =
            from sentence in Sentences(Page.Of(name))
            let words = sentence.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length
            where words > LongestSentence
            select $"{name}:{sentence.Number}: {words} words, at most {LongestSentence}: split it: {sentence.Text}";
        AssertNone(found);
    }

    [Fact]
    public void The_README_is_read_in_minutes() =>
        Assert.True(Page.Of("README.md").Lines.Length <= LongestReadme, $"README.md has more than {LongestReadme} lines: move text to docs/");

    [Theory]
    [InlineData("The tag goes.", "goes")]
    [InlineData("Nothing was written, for it is not known.", "for it is")]
    public void A_word_of_the_list_is_detected(string text, string word) =>
        Assert.Contains(PlainWords.All, rule => rule.Word.Match(text).Value == word);

    [Fact]
    public void A_sentence_ends_where_readers_see_its_end()
    {
        string[] lines = ["# A heading", "One two `a. b` three.", "Four", "five. Six:", "", "- seven", "- eight", "| not. | this |", "Nine"];
        Assert.Equal(["One two code three.", "Four five.", "Six:", "- seven", "- eight", "Nine"], Sentences(new Page("x", lines))
            .Select(sentence => sentence.Text));
    }

    /// <summary>Paragraphs with the number of their first line, without tables and headings.</summary>
    private static IEnumerable<(int Number, string Text)> Sentences(Page page)
    {
        var paragraph = new List<string>();
        var start = 0;
        foreach (var (number, line) in page.Prose().Append((0, "")))
        {
            var isOwn = line.Length == 0 || NoParagraph().IsMatch(line);
            if (isOwn || ListItem().IsMatch(line))
            {
                foreach (var sentence in EndOfSentence().Split(string.Join(' ', paragraph)).Where(text => text.Length > 0)) yield return (
                    start, sentence);
                paragraph.Clear();
            }

            if (isOwn) continue;
            if (paragraph.Count == 0) start = number;
            paragraph.Add(Text(line).Trim());
        }
    }

    /// <summary>The text as it is read: code counts as one word, and a link as its text.</summary>
    private static string Text(string line) =>
        Link().Replace(InlineCode().Replace(line, "code"), "$1").Replace("**", "", StringComparison.Ordinal);

    private static void AssertNone(IEnumerable<string> found)
    {
        var lines = found.ToArray();
        Assert.True(lines.Length == 0, string.Join('\n', lines));
    }

    [GeneratedRegex("^(#|\\||<!--|!\\[)")]
    private static partial Regex NoParagraph();

    [GeneratedRegex(@"^\s*([-*]|\d+\.) ")]
    private static partial Regex ListItem();

    [GeneratedRegex("(?<=[.!?:;])[)*\"]* +(?=[(*`\"]*[A-Z0-9`]|code)")]
    private static partial Regex EndOfSentence();

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"!?\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();
}
