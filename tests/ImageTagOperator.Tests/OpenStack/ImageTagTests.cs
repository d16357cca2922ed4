using ImageTagOperator.OpenStack.Images;
using Xunit;

namespace ImageTagOperator.Tests.OpenStack;

public sealed class ImageTagTests
{
    [Theory]
    [InlineData("golden")]
    [InlineData("a b")]
    [InlineData(" a ")]
    [InlineData("...")]
    [InlineData(".a")]
    [InlineData("%2e%2e")]
    [InlineData("a%2Fb")]
    [InlineData("%;+&=@:,\"<>\\{}?#~")]
    public void Tags_that_the_API_can_address(string tag) => Assert.Null(ImageTag.WhyNotAddressable(tag));

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(".", "folded away")]
    [InlineData("..", "folded away")]
    [InlineData("a/b", "contains '/'")]
    [InlineData("/", "contains '/'")]
    [InlineData("ü", "not ASCII")]
    [InlineData("漢字", "not ASCII")]
    [InlineData("a\u00A0b", "not ASCII")]
    [InlineData("😀", "not ASCII")]
    [InlineData("a\tb", "control character")]
    [InlineData("a\nb", "control character")]
    [InlineData("\0", "control character")]
    [InlineData("\u007F", "control character")]
    public void Tags_that_the_API_cannot_address(string tag, string why) =>
        Assert.Contains(why, ImageTag.WhyNotAddressable(tag), StringComparison.Ordinal);

    [Fact]
    public void The_length_ends_at_255()
    {
        Assert.Null(ImageTag.WhyNotAddressable(new string('x', 255)));
        Assert.Equal("is longer than 255 characters", ImageTag.WhyNotAddressable(new string('x', 256)));
    }

    [Theory]
    [InlineData("Foo", "foo", true)]
    [InlineData("cafe", "café", true)]
    [InlineData("CAFÉ", "cafe", true)]
    [InlineData("é", "è", true)]
    [InlineData("x", "x ", true)]
    [InlineData("x  ", "X", true)]
    [InlineData("x", "x", false)]
    [InlineData("x", " x", false)]
    [InlineData("x", "y", false)]
    [InlineData("x", "xx", false)]
    [InlineData("a-b", "a_b", false)]
    [InlineData("é", "1", false)]
    public void Tags_that_MariaDB_treats_as_equal(string left, string right, bool expected)
    {
        Assert.Equal(expected, ImageTag.Collides(left, right));
        Assert.Equal(expected, ImageTag.Collides(right, left));
    }
}
