using FsCheck;
using FsCheck.Fluent;

namespace ImageTagOperator.Tests.Fuzzing;

/// <summary>Almost valid texts: mutations of a corpus.</summary>
internal static class Mutation
{
    /// <summary>Texts that parsers treat specially.</summary>
    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ":", ",", "\"", "'", "\\", "\\u0000", "\\ud800", "\n", "\r", "\t", " ", "- ", "? ", "&a ", "*a", "<<: *a",
            "!!binary ", "!x ", "|", ">", "%YAML 1.2\n", "---\n", "...\n",
        "#", "null", "true", "-1", "1e999", "99999999999999999999", "0x", "\u0000", "\u001b", "\u0085", "\u2028", "\u202e", "\ufeff",
            "\ud83d", "{{{{{{{{", "[[[[[[[[", "\"\":", "<head", "://", "@",
    ];

    private static readonly Gen<Func<string, string>> Step = Gen.OneOf(
        from at in Gen.Choose(0, int.MaxValue) from token in Gen.Elements(Tokens) from times in Gen.Frequency((9, Gen.Constant(1)),
            (1, Gen.Choose(2, 2000)))
        select (Func<string, string>)(text => text.Insert(at % (text.Length + 1), string.Concat(Enumerable.Repeat(token, times)))),
        from at in Gen.Choose(0, int.MaxValue) from length in Gen.Choose(1, 40)
        select (Func<string, string>)(text => text.Length == 0 ? text
            : text.Remove(at % text.Length, Math.Min(length, text.Length - (at % text.Length)))),
        from at in Gen.Choose(0, int.MaxValue) from length in Gen.Choose(1, 200) from times in Gen.Choose(1, 50)
        select (Func<string, string>)(text => text.Length == 0 ? text
            : text.Insert(at % text.Length, string.Concat(
            Enumerable.Repeat(text.Substring(at % text.Length, Math.Min(length, text.Length - (at % text.Length))), times)))),
        from at in Gen.Choose(0, int.MaxValue) from character in Gen.Choose(0, 0xffff)
        select (Func<string, string>)(text => text.Length == 0 ? text : text.Remove(at % text.Length, 1)
            .Insert(at % text.Length, $"{(char)character}")));

    public static Arbitrary<string> Of(params string[] corpus) => (
        from text in Gen.Elements(corpus)
        from count in Gen.Choose(0, 6)
        from steps in Step.ListOf(count)
        select steps.Aggregate(text, static (changed, step) => step(changed))).ToArbitrary();
}
