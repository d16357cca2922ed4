using ImageTagOperator.Planning.Scheduling;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("30s", 30d)]
    [InlineData("10m", 600d)]
    [InlineData("1h30m", 5400d)]
    [InlineData("1.5h", 5400d)]
    [InlineData("250ms", 0.25)]
    [InlineData("0s", 0d)]
    [InlineData("8784h", 366d * 24 * 3600)]
    [InlineData("8784h1s", null)]       // longer than a year
    [InlineData("", null)]
    [InlineData("10", null)]
    [InlineData("m", null)]
    [InlineData("-1m", null)]
    [InlineData("1d", null)]
    [InlineData(" 1m", null)]
    [InlineData("1m\n", null)]
    [InlineData("1..5m", null)]
    public void Reads_what_Go_reads(string text, double? seconds) => Assert.Equal(seconds, GoDuration.Parse(text)?.TotalSeconds);
}
