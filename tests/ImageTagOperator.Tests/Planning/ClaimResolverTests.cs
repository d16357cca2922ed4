using ImageTagOperator.Entities;
using ImageTagOperator.Planning;
using Xunit;

namespace ImageTagOperator.Tests.Planning;

public sealed class ClaimResolverTests
{
    [Fact]
    public void Additive_sets_add_up()
    {
        var verdict = ClaimResolver.Resolve(Claim("b", 2, TagPolicy.Additive, "y"), [Claim("a", 1, TagPolicy.Additive, "x"), Claim("c", 3, TagPolicy.Additive, "z")]);
        Assert.Null(verdict.Winner);
        Assert.Equal(["x", "z"], verdict.DeclaredByOthers.Order());
    }

    [Fact]
    public void An_older_Exact_set_excludes_a_younger_one_of_any_policy()
    {
        Assert.Equal("a", ClaimResolver.Resolve(Claim("b", 2, TagPolicy.Additive), [Claim("a", 1, TagPolicy.Exact)]).Winner);
        Assert.Equal("a", ClaimResolver.Resolve(Claim("b", 2, TagPolicy.Exact), [Claim("a", 1, TagPolicy.Exact)]).Winner);
    }

    [Fact]
    public void A_younger_Exact_set_loses_to_an_older_Additive_one_and_has_no_say()
    {
        Assert.Equal("a", ClaimResolver.Resolve(Claim("b", 2, TagPolicy.Exact), [Claim("a", 1, TagPolicy.Additive)]).Winner);
        var older = ClaimResolver.Resolve(Claim("a", 1, TagPolicy.Additive), [Claim("b", 2, TagPolicy.Exact, "x")]);
        Assert.Null(older.Winner);
        Assert.Empty(older.DeclaredByOthers);
    }

    [Fact]
    public void A_loser_excludes_nobody() => Assert.Null(ClaimResolver.Resolve(
        Claim("c", 3, TagPolicy.Additive), [Claim("a", 1, TagPolicy.Additive), Claim("b", 2, TagPolicy.Exact)]).Winner);

    [Fact]
    public void Of_sets_of_the_same_second_the_first_by_name_wins()
    {
        Assert.Null(ClaimResolver.Resolve(Claim("a", 1, TagPolicy.Exact), [Claim("b", 1, TagPolicy.Exact)]).Winner);
        Assert.Equal("a", ClaimResolver.Resolve(Claim("b", 1, TagPolicy.Exact), [Claim("a", 1, TagPolicy.Exact)]).Winner);
    }

    private static ImageClaim Claim(string owner, int age, TagPolicy policy, params string[] tags) => new(owner, DateTimeOffset.UnixEpoch.AddSeconds(age), policy, tags);
}
