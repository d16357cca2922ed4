using Xunit;

namespace ImageTagOperator.Tests.Kubernetes;

/// <summary>How text from outside is displayed.</summary>
public sealed class VisibleTextTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("ubuntu-24.04 (golden)", "ubuntu-24.04 (golden)")]
    [InlineData("Zürich 東京 🎉", "Zürich 東京 🎉")]
    [InlineData("a\u001b[31mb", "a\\x1b[31mb")]
    [InlineData("a\r\nb\tc\0d\u007fe\u0085f", "a\\x0d\\x0ab\\x09c\\x00d\\x7fe\\x85f")]
    [InlineData("a\u202eb\u2066c\u200fd", "a\\u{202e}b\\u{2066}c\\u{200f}d")]
    [InlineData("a\u200bb\ufeffc\u2028d\u00ade", "a\\u{200b}b\\u{feff}c\\u{2028}d\\xade")]
    [InlineData("a\U000e0041b", "a\\u{e0041}b")]
    [InlineData("a\u00a0b\u2003c\u202fd\u3000e f", "a\\xa0b\\u{2003}c\\u{202f}d\\u{3000}e f")]
    public void Invisible_characters_are_escaped(string text, string expected) => Assert.Equal(expected, VisibleText.Of(text));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 5, "abcd…")]
    [InlineData("a\u001bcdef", 5, "a\\x1…")]
    [InlineData("abc🎉ef", 5, "abc…")]
    public void Long_text_is_cut_between_characters(string text, int most, string expected) =>
        Assert.Equal(expected, VisibleText.Of(text, most));

    [Fact]
    public void Line_breaks_are_kept_on_request() => Assert.Equal("a\nb\\x1bc", VisibleText.Lines("a\nb\u001bc"));

    [Fact]
    public void Half_a_surrogate_pair_is_not_a_character() => Assert.Equal("half \ufffd", VisibleText.Of("half " + (char)0xd83d));
}
