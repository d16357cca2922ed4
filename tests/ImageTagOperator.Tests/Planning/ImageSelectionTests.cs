using ImageTagOperator.Entities;
using ImageTagOperator.Planning.Selection;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

public sealed class ImageSelectionTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ImageFacts[] Images =
    [
        Image("1", "ubuntu-24.04", "ops", "public", "active", 1, ["tested"]),
        Image("2", "ubuntu-22.04", "ops", "shared", "active", 2, []),
        Image("3", "debian-12", "dev", "public", "active", 3, ["tested", "lts"]),
        Image("4", "ubuntu-26.04", "ops", "public", "queued", 4, ["tested"]),
    ];

    [Theory]
    [InlineData("1 2", "ubuntu-*")]
    [InlineData("2 3", "ubuntu-22*", "debian-1?")]
    [InlineData("", "Ubuntu-*")]
    public void At_least_one_name_glob_must_match(string expected, params string[] globs) =>
        Assert.Equal(expected, Selected(new ImageSelector { Names = globs }));

    [Fact]
    public void A_reference_selects_an_image_by_id_name_or_properties()
    {
        Assert.True(ImageSelection.MatchesReference(new ImageReference { Id = "A-1" }, Images[0] with { Id = "a-1" }));
        Assert.False(ImageSelection.MatchesReference(new ImageReference { Id = "2" }, Images[0]));
        Assert.True(ImageSelection.MatchesReference(new ImageReference { Name = "debian-12" }, Images[2]));
        Assert.False(ImageSelection.MatchesReference(new ImageReference { Name = "Debian-12" }, Images[2]));
        Assert.False(ImageSelection.MatchesReference(new ImageReference(), Images[2]));
        Assert.False(
            ImageSelection.MatchesReference(new ImageReference { Selector = new ImageSelector { Names = ["?*"] } }, Images[0] with { Name = null }));
        Assert.True(
            ImageSelection.MatchesReference(new ImageReference { Selector = new ImageSelector { Names = ["*"] } }, Images[0] with { Name = null }));
    }

    [Fact]
    public void Every_part_must_match()
    {
        Assert.Equal("1 2", Selected(new ImageSelector { Owner = "ops" }));
        Assert.Equal("1 3", Selected(new ImageSelector { Visibility = ImageVisibility.Public }));
        Assert.Equal("1 3", Selected(new ImageSelector { Tags = ["tested"] }));
        Assert.Equal("3", Selected(new ImageSelector { Tags = ["tested", "lts"] }));
        Assert.Equal("2", Selected(new ImageSelector { Properties = new Dictionary<string, string> { ["number"] = "2" } }));
        Assert.Equal("", Selected(new ImageSelector { Properties = new Dictionary<string, string> { ["number"] = "2", ["other"] = "" } }));
        Assert.Equal("1", Selected(new ImageSelector { Owner = "ops", Tags = ["tested"], Names = ["*"] }));
    }

    [Fact]
    public void Only_active_images_match_unless_another_status_is_selected() =>
        Assert.Equal("4", Selected(new ImageSelector { Status = "queued" }));

    [Fact]
    public void Newest_selects_the_last_created_of_the_matching_images()
    {
        Assert.Equal("3", Selected(new ImageSelector { Newest = 1 }));
        Assert.Equal("2", Selected(new ImageSelector { Newest = 1, Names = ["ubuntu-*"] }));
        Assert.Equal("1 2 3", Selected(new ImageSelector { Newest = 10 }));
    }

    [Fact]
    public void Images_with_equal_times_have_a_stable_order()
    {
        ImageFacts[] twins = [Image("a", "x", "ops", "public", "active", 1, []), Image("b", "x", "ops", "public", "active", 1, [])];
        Assert.Equal("b", ImageSelection.Select(new ImageSelector { Newest = 1 }, twins).Single().Id);
        Assert.Equal("b", ImageSelection.Select(new ImageSelector { Newest = 1 }, twins.Reverse()).Single().Id);
    }

    private static string Selected(ImageSelector selector) =>
        string.Join(' ', ImageSelection.Select(selector, Images).Select(image => image.Id).Order());

    private static ImageFacts Image(string id, string name, string owner, string visibility, string status, int minute, string[] tags) =>
        new(id, name, owner, visibility, status, Start.AddMinutes(minute), tags, property => property == "number" ? id : null);
}
