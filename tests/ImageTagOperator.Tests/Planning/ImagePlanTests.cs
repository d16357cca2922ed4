using ImageTagOperator.OpenStack.Images;
using ImageTagOperator.Planning.Ownership;
using ImageTagOperator.Planning.Specs;
using ImageTagOperator.Planning.Tags;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

/// <summary>How the sets of one image affect each other.</summary>
public sealed class ImagePlanTests
{
    private static readonly TagRules Rules = new(ImageTag.WhyNotAddressable, ImageTag.Collides, Quota: 128);

    [Fact]
    public void Additive_sets_add_up()
    {
        ImageClaim[] claims = [
            Claim("a", 1, TagPolicy.Additive, "x"), Claim("b", 2, TagPolicy.Additive, "y"), Claim("c", 3, TagPolicy.Additive, "z")];
        Assert.Equal("a: +x; b: +y; c: +z", Describe(claims));
        Assert.Equal("a: ; b: ; c: ", Describe(claims, "x", "y", "z", "foreign"));
    }

    /// <summary>The table of exclusion, one row per case: of two sets that exclude each other, a declares x and b declares y.</summary>
    [Theory]
    //          a: policy          created owns   b: policy          created owns
    [InlineData(TagPolicy.Exact,    1, false, TagPolicy.Exact,    2, false, "a: +x; b loses to a")]
    [InlineData(TagPolicy.Exact,    1, false, TagPolicy.Additive, 2, false, "a: +x; b loses to a")]
    [InlineData(TagPolicy.Additive, 1, false, TagPolicy.Exact,    2, false, "a: +x; b loses to a")]
    [InlineData(TagPolicy.Exact,    1, true,  TagPolicy.Exact,    2, true,  "a: +x; b loses to a")]
    [InlineData(TagPolicy.Exact,    1, false, TagPolicy.Exact,    2, true,  "a loses to b; b: +y")]
    [InlineData(TagPolicy.Additive, 1, false, TagPolicy.Exact,    2, true,  "a loses to b; b: +y")]
    [InlineData(TagPolicy.Exact,    1, false, TagPolicy.Additive, 2, true,  "a loses to b; b: +y")]
    [InlineData(TagPolicy.Exact,    2, false, TagPolicy.Exact,    1, false, "a loses to b; b: +y")]
    [InlineData(TagPolicy.Exact,    1, false, TagPolicy.Exact,    1, false, "a: +x; b loses to a")]
    [InlineData(TagPolicy.Additive, 1, false, TagPolicy.Additive, 2, true,  "a: +x; b: +y")]
    public void The_owner_of_the_image_wins_then_the_older_then_the_first_by_name(
        TagPolicy aPolicy, int aCreated, bool aOwns, TagPolicy bPolicy, int bCreated, bool bOwns, string expected)
    {
        ImageClaim[] claims = [
            Claim("a", aCreated, aPolicy, "x") with { OwnsImage = aOwns }, Claim("b", bCreated, bPolicy, "y") with { OwnsImage = bOwns }];
        Assert.Equal(expected, Describe(claims));
        Assert.Equal(expected, Describe([claims[1], claims[0]]));
    }

    [Fact]
    public void An_excluded_set_excludes_no_other_and_protects_no_tag() => Assert.Equal(
        "a: ; b loses to a; c: -golden",
        Describe([Claim("a", 1, TagPolicy.Additive), Claim("b", 2, TagPolicy.Exact, "golden"),
            Managing(Claim("c", 3, TagPolicy.Additive), "golden")], "golden"));

    [Fact]
    public void Exact_keeps_only_the_tags_that_non_excluded_sets_declare() => Assert.Equal(
        "a: +x -foreign -managed; b: -managed",
            Describe([Claim("a", 1, TagPolicy.Exact, "x"), Leaving(Claim("b", 2, TagPolicy.Exact), "managed")], "foreign", "managed"));

    [Fact]
    public void A_tag_that_another_set_declares_is_not_removed() => Assert.Equal(
        "a: ; b: ", Describe(
            [Managing(Claim("a", 1, TagPolicy.Additive), "golden"), Managing(Claim("b", 2, TagPolicy.Additive, "golden"), "golden")],
            "golden"));

    [Theory]
    [InlineData(true, false, "-golden")]        // who only sees the image, public ones say, keeps nothing on it
    [InlineData(true, true, "")]
    [InlineData(false, true, "")]
    [InlineData(false, false, "")]
    public void A_tag_that_the_owner_no_longer_declares_is_removed_although_a_set_without_ownership_declares_it(
        bool owns, bool otherOwns, string expected)
    {
        var claim = Managing(Claim("a", 1, TagPolicy.Additive), "golden") with { OwnsImage = owns };
        var other = Managing(Claim("b", 2, TagPolicy.Additive, "golden"), "golden") with { OwnsImage = otherOwns };
        Assert.Equal($"a: {expected}; b: ", Describe([claim, other], "golden"));
    }

    [Fact]
    public void A_set_manages_a_tag_until_the_status_of_its_successor_has_it()
    {
        var (leaving, successor) = (Leaving(Claim("a", 1, TagPolicy.Additive), "golden"), Claim("b", 2, TagPolicy.Additive, "golden"));
        var waiting = ImagePlan.Of([leaving, successor], ["golden"], Rules).ShareOf("a");
        Assert.True(waiting.Plan.IsEmpty);
        Assert.Equal("b", waiting.PendingHandovers["golden"]);
        Assert.Equal(["golden"], waiting.ManagedAfter);

        var done = ImagePlan.Of([leaving, Managing(successor, "golden")], ["golden"], Rules).ShareOf("a");
        Assert.True(done.Plan.IsEmpty);
        Assert.Empty(done.PendingHandovers);
        Assert.Empty(done.ManagedAfter);
    }

    [Fact]
    public void The_next_set_takes_over_although_it_was_excluded_before() => Assert.Equal(
        "a: ; b: ", Describe([Leaving(Claim("a", 1, TagPolicy.Exact), "golden"), Claim("b", 2, TagPolicy.Exact, "golden")], "golden"));

    [Fact]
    public void Original_tags_are_restored_unless_an_Exact_set_would_remove_them_again()
    {
        var restoring = Leaving(Claim("a", 1, TagPolicy.Additive, "before"), "golden");
        Assert.Equal("a: +before -golden", Describe([restoring], "golden"));
        Assert.Equal("a: +before -golden; b: ", Describe([restoring, Claim("b", 2, TagPolicy.Additive)], "golden"));
        Assert.Equal("a: -golden; b: +mine -golden", Describe([restoring, Claim("b", 2, TagPolicy.Exact, "mine")], "golden"));
    }

    [Fact]
    public void Manages_all_planned_tags_before_the_first_write_and_the_declared_and_stuck_ones_afterwards()
    {
        var share = ImagePlan.Of(
            [Managing(Claim("a", 1, TagPolicy.Additive, "declared"), "stuck", "gone", "shared"),
                Managing(Claim("b", 2, TagPolicy.Additive, "shared"), "shared")],
            ["stuck", "shared"],
            Rules).ShareOf("a");
        Assert.Equal(["declared", "gone", "shared", "stuck"], share.ManagedBefore);
        Assert.Equal(["declared", "stuck"], share.ManagedAfter);
    }

    private static string Describe(ImageClaim[] claims, params string[] live)
    {
        var plan = ImagePlan.Of(claims, live, Rules);
        return string.Join("; ", claims.Select(claim => claim.Owner).Order(StringComparer.Ordinal).Select(owner => plan.ShareOf(owner))
            .Select(share => share.Winner is { } winner
            ? $"{share.Claim.Owner} loses to {winner.Owner}"
            : $"{share.Claim.Owner}: {string.Join(" ", share.Plan.Steps.Select(step => (step.Verb == TagVerb.Add ? "+" : "-") + step.Tag))}"));
    }

    private static ImageClaim Claim(string owner, int age, TagPolicy policy, params string[] tags) =>
        new(owner, DateTimeOffset.UnixEpoch.AddSeconds(age), new TagDeclaration(tags, policy, []), []);

    private static ImageClaim Managing(ImageClaim claim, params string[] tags) => claim with { Managed = tags };

    private static ImageClaim Leaving(ImageClaim claim, params string[] tags) =>
        claim with { Declaration = claim.Declaration with { Policy = TagPolicy.Additive }, IsLeaving = true, Managed = tags };
}
