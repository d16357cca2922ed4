using System.Text.Json;
using ImageTagOperator.OpenStack;
using Xunit;

namespace ImageTagOperator.Tests.PublicReports;

/// <summary>Images as some clouds write them.</summary>
public sealed class ImageReports
{
    // gophercloud/gophercloud#3147
    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("null", false)]
    [InlineData("\"true\"", true)]
    [InlineData("\"True\"", true)]
    [InlineData("\"false\"", false)]
    [InlineData("\"\"", false)]
    [InlineData("{\"a\": [1]}", false)]
    public void A_flag_may_be_a_text(string value, bool expected) => Assert.Equal(expected, Read($"\"os_hidden\": {value}").OsHidden);

    // gophercloud/gophercloud#906
    [Theory]
    [InlineData("\"2026-03-01T12:00:00Z\"", true)]
    [InlineData("\"\"", false)]
    [InlineData("null", false)]
    [InlineData("[1, 2]", false)]
    [InlineData("\"yesterday\"", false)]
    public void A_time_may_be_missing(string value, bool isThere) =>
        Assert.Equal((isThere, isThere), (Read($"\"created_at\": {value}").CreatedAt is not null, Read($"\"updated_at\": {value}").UpdatedAt is not null));

    // gophercloud/gophercloud#3588
    [Fact]
    public void A_property_that_is_called_like_a_member_but_for_its_case_is_a_property()
    {
        var image = Read("\"Tags\": \"x\", \"Owner\": \"y\"");
        Assert.Equal(("a", null, "x", "y"), (Assert.Single(image.Tags), image.Owner, image.Property("Tags"), image.Property("Owner")));
    }

    private static Image Read(string members) =>
        JsonSerializer.Deserialize("{\"id\": \"i\", \"status\": \"active\", \"tags\": [\"a\"], " + members + "}", CloudJson.Default.Image)!;
}
