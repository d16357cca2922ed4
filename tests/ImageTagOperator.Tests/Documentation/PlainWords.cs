using System.Text.RegularExpressions;

namespace ImageTagOperator.Tests.Documentation;

/// <summary>Words that are hard to read, and their replacements.</summary>
internal static class PlainWords
{
    public static IReadOnlyList<(Regex Word, string Instead)> All { get; } =
    [
        .. new (string Word, string Instead)[]
        {
            ("shall", "must, or the present tense"),
            ("anew", "again"),
            ("mend|mends|mended", "fix, or correct"),
            ("goes|go for", "is deleted, is removed, moves, or runs"),
            ("whosoever|whatsoever|thereof|therein|hereby|whereby|lest|unto", "a plain word"),
            ("upon", "on, or after"),
            ("of late", "recently"),
            ("rights", "permissions"),
            ("(had|has|have) (a|its|their|no) say", "claims the image"),
            ("who may|whoever may", "anyone who can"),
            ("dies|died", "crashes, or crashed"),
            ("without a word|in silence", "without a log line"),
            ("every other time", "often, or a number"),
            ("for (it|they|he|we|nobody|somebody|there|that) (is|are|has|have|can|cannot|does|do|would|may|was|were)", "because"),
            ("be (it|they)", "whether it is"),
            ("in order to", "to"),
            ("prior to", "before"),
            ("utilize|utilise|leverage", "use"),
            ("simply|obviously|of course", "nothing: leave it out"),
            ("in truth", "nothing: leave it out"),
            ("tells? of", "reports"),
            ("comes? of it", "the result"),
        }.Select(rule => (new Regex($@"\b({rule.Word})\b", RegexOptions.IgnoreCase), rule.Instead)),
    ];
}
